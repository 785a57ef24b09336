//! The real function binaries without the engine: behind a Runtime API of our own, with stand-ins
//! for what they call, to see what the engine cannot show.

mod bedrock;
mod function;
mod proxy;
mod runtime_api;
mod server;

pub use bedrock::Bedrock;
pub use function::Function;
pub use proxy::DelayingProxy;
