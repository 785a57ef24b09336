//! The real function binaries without the engine: behind a Runtime API of our own, with stand-ins
//! for what they call, to see what the engine cannot show.

mod answers;
mod bedrock;
mod chats;
mod connections;
mod dynamodb;
mod event_stream;
mod faulty;
mod function;
mod lambda;
mod meddler;
mod principal;
mod proxy;
mod runtime_api;
mod script;
mod server;
mod speech;

pub use answers::{AwsAnswers, AwsCall, Reply};
pub use bedrock::{Bedrock, End, Turn};
pub use chats::{Chats, agent_variables};
pub use connections::{Connections, Heard};
pub use dynamodb::DynamoDb;
pub use faulty::{DataCall, Fault, FaultyProxy};
pub use function::{Function, Unpacked};
pub use lambda::Lambda;
pub use meddler::{Answer as ServiceAnswer, Call, Meddle, Meddler, Sent, cloudformation_error};
pub use principal::{AccessKey, Principal};
pub use proxy::DelayingProxy;
pub use runtime_api::{Answer, Invoker, Outcome, Part, RuntimeApi};
pub use script::{Ending, Script};
pub use server::Server;
