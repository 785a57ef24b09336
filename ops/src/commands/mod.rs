//! One module a command: its arguments and its `run`.

pub mod archives;
pub mod backup;
pub mod chat;
pub mod content;
<<<<<<< HEAD
pub mod erase_user;
pub mod export_user;
=======
pub mod restore;
>>>>>>> 7126c3c (ops: restores that are checked before and compared after; rehearsals)
pub mod seed;
pub mod smoke;
