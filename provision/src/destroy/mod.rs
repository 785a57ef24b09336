//! Taking a platform down: what is asked first, what is deleted, and what stays, by name.

mod backup;
mod bootstrap;
mod confirm;
mod remains;
mod scratch;
mod table_backups;
mod tables;

pub use backup::{Backup, take as take_backup};
pub use bootstrap::delete as delete_bootstrap;
pub use confirm::by_name;
pub use remains::{Remains, read as remains};
pub use table_backups::{Maker, TableBackup};
pub use tables::{Kept, delete as delete_table, kept};
