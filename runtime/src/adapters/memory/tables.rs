//! Users, Donations, Context and Interactions in memory.

use contract::limits::MEMORY_TURNS;
use jiff::Timestamp;

use super::state::{Memory, Port};
use crate::domain::{
    Abandoned, Context, ConversationId, Donation, Interaction, Supporter, Turn, UserId,
};
use crate::ports::{
    FindSupporter, KeepAbandoned, ListDonations, NewestContext, RecallTurns, RecordError,
    RecordTurn, Unavailable,
};

impl FindSupporter for Memory {
    async fn supporter(&self, user: &UserId) -> Result<Option<Supporter>, Unavailable> {
        self.enter(Port::FindSupporter).await?;
        Ok(self.with(|state| state.supporters.get(user.as_str()).cloned()))
    }
}

impl ListDonations for Memory {
    async fn donations(&self, user: &UserId) -> Result<Vec<Donation>, Unavailable> {
        self.enter(Port::ListDonations).await?;
        let donations = self.with(|state| state.donations.get(user.as_str()).cloned());
        Ok(donations.unwrap_or_default())
    }
}

impl NewestContext for Memory {
    async fn newest_context(&self, user: &UserId) -> Result<Option<Context>, Unavailable> {
        self.enter(Port::NewestContext).await?;
        Ok(self.contexts(user.as_str()).pop())
    }
}

impl RecallTurns for Memory {
    async fn turns(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<Vec<Turn>, Unavailable> {
        self.enter(Port::RecallTurns).await?;
        let interactions = self.interactions(user.as_str()).into_iter();
        let turns: Vec<Turn> = interactions
            .filter(|interaction| interaction.conversation_id == *conversation)
            .filter(|interaction| !interaction.blocked)
            .map(|interaction| interaction.turn)
            .collect();
        let forgotten = turns.len().saturating_sub(MEMORY_TURNS);
        Ok(turns.into_iter().skip(forgotten).collect())
    }
}

impl RecordTurn for Memory {
    async fn record(&self, interaction: &Interaction, next: &Context) -> Result<(), RecordError> {
        self.enter(Port::RecordTurn).await?;
        let user = interaction.user_id.to_string();
        let key = (user.clone(), interaction.timestamp.clone());
        self.with(|state| {
            if !state.supporters.contains_key(&user) {
                return Err(RecordError::UserMissing);
            }
            if state.interactions.contains_key(&key) {
                return Err(RecordError::SortKeyTaken);
            }
            let versions = state.contexts.entry(user).or_default();
            if versions.contains_key(&next.version) {
                return Err(RecordError::VersionTaken);
            }
            versions.insert(next.version, next.clone());
            state.interactions.insert(key, interaction.clone());
            Ok(())
        })
    }
}

impl KeepAbandoned for Memory {
    async fn abandon(&self, abandoned: &Abandoned, _timestamp: &str) -> Result<(), RecordError> {
        self.enter(Port::WriteAbandoned).await?;
        self.with(|state| {
            if !state.supporters.contains_key(abandoned.user_id.as_str()) {
                return Err(RecordError::UserMissing);
            }
            state.abandoned.push(abandoned.clone());
            Ok(())
        })
    }

    async fn is_abandoned(
        &self,
        abandoned: &Abandoned,
        _since: Timestamp,
    ) -> Result<bool, Unavailable> {
        self.enter(Port::ReadAbandoned).await?;
        Ok(self.with(|state| state.abandoned.contains(abandoned)))
    }
}
