//! Pure types and decisions: knows neither AWS nor Lambda, and does no I/O.

pub mod abandoned;
pub mod agent_call;
pub mod agent_stream;
pub mod causes;
pub mod context;
pub mod deadline;
pub mod frame;
pub mod giving;
pub mod id;
pub mod interaction;
pub mod problem;
pub mod prompt;
pub mod request;
pub mod retry;
pub mod session;
pub mod supporter;
pub mod topics;
pub mod validate;

pub use abandoned::Abandoned;
pub use agent_call::{AgentAnswer, AgentCall, AgentReply};
pub use context::Context;
pub use deadline::Deadline;
pub use giving::{Donation, Giving};
pub use id::{ConversationId, UserId};
pub use interaction::{Channel, Interaction, Turn};
pub use problem::Problem;
pub use prompt::Prompt;
pub use session::{Lease, Session};
pub use supporter::Supporter;
