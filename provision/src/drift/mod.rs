//! Whether what lives is still what was deployed: CloudFormation's own detection and `verify`'s
//! reading, in one report; and the way back.
//!
//! CloudFormation sees every property that the template sets on the types it can read; `verify`
//! sees what the platform needs, from the services themselves, also what CloudFormation cannot
//! (keys of plans, routes, policies by hand, code).

mod detect;
mod repair;
mod report;
mod ways;

pub use detect::detect;
pub use repair::{Repair, repair};
pub use report::{Detection, Difference, Drifted, Report};
pub use ways::back as ways_back;
