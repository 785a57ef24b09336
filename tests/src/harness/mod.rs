//! The real function binaries without the engine: behind a Runtime API of our own, with stand-ins
//! for what they call, to see what the engine cannot show.

mod answers;
mod bedrock;
mod call;
mod chats;
mod connections;
mod dynamodb;
mod event_stream;
mod faults;
mod faulty;
mod function;
mod gate;
mod lambda;
mod meddler;
mod principal;
mod proxy;
mod runtime_api;
mod script;
mod server;
mod speech;
mod tls;

pub use answers::{AwsAnswers, Reply};
pub use bedrock::{Bedrock, End, Turn};
pub use call::Call;
pub use chats::{Between, Chats, agent_variables};
pub use connections::{Connections, Heard};
pub use dynamodb::DynamoDb;
pub use faults::{DataCall, Fault};
pub use faulty::FaultyProxy;
pub use function::{Function, Unpacked};
pub use gate::Gate;
pub use lambda::Lambda;
pub use meddler::{Answer as ServiceAnswer, Meddle, Meddler, cloudformation_error};
pub use principal::{AccessKey, Principal};
pub use proxy::{Sent, target_operation};
pub use runtime_api::{Answer, Invoker, Outcome, Part, RuntimeApi};
pub use script::{Ending, Script};
pub use server::Server;
pub use tls::Tls;
