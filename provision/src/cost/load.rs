//! How much of each part a month's traffic asks for, where these resources exist.

use contract::Function;
use serde_json::Value;

use super::Traffic;
use crate::plan::document::{Resource, Resources, plain};

/// A template's resources, under a traffic.
pub(super) struct Load<'a> {
    pub resources: &'a Resources,
    pub traffic: &'a Traffic,
}

impl<'a> Load<'a> {
    pub fn of(&self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources
            .values()
            .filter(move |resource| resource.kind == kind)
    }

    pub fn has(&self, kind: &'a str) -> bool {
        self.of(kind).next().is_some()
    }

    pub fn function(&self, function: Function) -> Option<&'a Resource> {
        self.resources.get(&format!("{}Function", function.id()))
    }

    /// Calls a month, and seconds of each.
    pub fn calls(&self, function: Function) -> (f64, f64) {
        let traffic = self.traffic;
        let quick = traffic.seconds_per_request;
        if self.function(function).is_none() {
            return (0.0, 0.0);
        }
        match function {
            Function::GetProfile => (traffic.profile_requests, quick),
            Function::Search => (traffic.search_requests, quick),
            Function::PersonalizationAgent => (traffic.turns(), traffic.seconds_per_turn),
            // The handshake's authorizer and the connection are a call each.
            Function::WsConnect => (traffic.chat_sessions * 2.0, quick),
            Function::WsDisconnect => (traffic.chat_sessions, quick),
            Function::WsMessage => (traffic.chat_turns(), traffic.seconds_per_turn),
        }
    }

    pub fn pings(&self) -> f64 {
        if self.function(Function::WsMessage).is_none() {
            return 0.0;
        }
        self.traffic.chat_sessions * self.traffic.pings_per_session
    }

    pub fn rest_requests(&self) -> f64 {
        let traffic = self.traffic;
        if !self.has("AWS::ApiGateway::RestApi") {
            return 0.0;
        }
        traffic.profile_requests + traffic.search_requests + traffic.rest_agent_turns
    }
}

/// A property that is a number.
pub(super) fn number(properties: &Value, name: &str) -> Option<f64> {
    plain(properties.get(name)?).parse().ok()
}
