//! Ways to break a platform, through the service APIs.

mod functions;
mod keys;
mod rest_api;
mod stack;
mod tables;
mod websocket_api;

pub use functions::{change_memory, log_plain_text, replace_code, set_variable};
pub use keys::{drop_plan_throttle, take_key_out_of_plans};
pub use rest_api::{
    change_stage_throttle, drop_gateway_response, drop_preflight, drop_validators,
    hide_refused_keys, open_a_method, open_stage_throttle, switch_metrics_off,
    tighten_stage_throttle,
};
pub use stack::{update_with_another_prefix, update_without_alarms_and_tag, widen_bedrock_rights};
pub use tables::{drop_tables, switch_encryption_off, switch_expiry_off, switch_recovery_off};
pub use websocket_api::{change_socket_throttle, open_the_handshake};
