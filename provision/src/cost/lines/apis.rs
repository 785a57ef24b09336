//! API Gateway.

use super::line::{Line, MILLION, line};
use crate::cost::Prices;
use crate::cost::load::Load;

impl Load<'_> {
    pub fn apis(&self, prices: &Prices) -> Vec<Line> {
        let traffic = self.traffic;
        let sessions = if self.has("AWS::ApiGatewayV2::Api") {
            traffic.chat_sessions
        } else {
            0.0
        };
        let turns = sessions * traffic.turns_per_session;
        // A message in, its start and done, the pieces; a ping and its pong.
        let messages =
            turns * (3.0 + traffic.frames_per_turn) + sessions * traffic.pings_per_session * 2.0;
        let minutes = sessions * traffic.minutes_per_session;
        let price = &prices.apigateway;
        vec![
            line(
                ("API Gateway", "REST requests"),
                self.rest_requests(),
                "requests",
                price.rest_per_million_requests / MILLION,
            ),
            line(
                ("API Gateway", "WebSocket messages"),
                messages,
                "messages",
                price.websocket_per_million_messages / MILLION,
            ),
            line(
                ("API Gateway", "WebSocket connections"),
                minutes,
                "minutes",
                price.websocket_per_million_minutes / MILLION,
            ),
        ]
    }
}
