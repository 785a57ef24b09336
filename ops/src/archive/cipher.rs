//! Encryption at rest: each segment is an age file, which anybody with the recipient's key can
//! write and only who holds the identity can read.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use age::x25519;
use contract::Failure;

/// Whom an archive is encrypted to; nobody: it is not encrypted.
#[derive(Clone, Debug, Default)]
pub struct Recipients(Vec<x25519::Recipient>);

impl Recipients {
    /// From keys as `age-keygen` prints them, `age1…` each.
    ///
    /// # Errors
    /// Where one is no such key.
    pub fn parse(keys: &[String]) -> Result<Self, Failure> {
        let parse = |key: &String| {
            key.parse().map_err(|cause: &str| {
                Failure::usage(format!("`{key}` is no recipient: {cause}"))
                    .hint("a recipient begins with age1; `ops backup keygen FILE` makes a pair")
            })
        };
        keys.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The public keys.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// Encrypts; without recipients the same bytes.
    ///
    /// # Errors
    /// Where there is no randomness to be had.
    pub fn seal(&self, plain: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        if self.is_empty() {
            return Ok(plain);
        }
        let recipients = self.0.iter().map(|one| one as &dyn age::Recipient);
        let mut sealed = Vec::with_capacity(plain.len() + 1024);
        let mut writer = age::Encryptor::with_recipients(recipients)?.wrap_output(&mut sealed)?;
        writer.write_all(&plain)?;
        writer.finish()?;
        Ok(sealed)
    }
}

/// What encrypted archives are read with.
#[derive(Clone, Default)]
pub struct Identities(Vec<x25519::Identity>);

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identities({})", self.0.len())
    }
}

impl Identities {
    /// Reads a file as `age-keygen` writes it: `AGE-SECRET-KEY-1…` lines, `#` before remarks.
    ///
    /// # Errors
    /// Where it cannot be read, or has no identity.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::new(format!("cannot read the identity {}", path.display())).because(error)
        })?;
        let lines = text.lines().map(str::trim);
        let keys: Result<Vec<x25519::Identity>, _> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::parse)
            .collect();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Self(keys)),
            _ => Err(
                Failure::usage(format!("{} has no age identity", path.display())).hint(
                    "it begins with AGE-SECRET-KEY-1; ssh keys and passphrases are not taken",
                ),
            ),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Decrypts.
    ///
    /// # Errors
    /// Where none of the identities fits, or the bytes are not what was encrypted.
    pub fn open(&self, sealed: &[u8], capacity: usize) -> anyhow::Result<Vec<u8>> {
        let identities = self.0.iter().map(|one| one as &dyn age::Identity);
        let mut reader = age::Decryptor::new(sealed)?.decrypt(identities)?;
        let mut plain = Vec::with_capacity(capacity);
        reader.read_to_end(&mut plain)?;
        Ok(plain)
    }
}

/// Makes a pair: writes the identity to a new file that only its owner reads; gives the recipient.
///
/// # Errors
/// Where the file is there already, or cannot be written.
pub fn generate(path: &Path) -> Result<String, Failure> {
    use age::secrecy::ExposeSecret;
    use std::os::unix::fs::OpenOptionsExt;
    let identity = x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let what = format!("cannot write {}", path.display());
    let text = format!(
        "# public key: {recipient}\n{}\n",
        identity.to_string().expose_secret()
    );
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| {
            Failure::new(what)
                .because(error)
                .hint("name a file that is not there yet")
        })?;
    Ok(recipient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_identity_of_a_recipient_opens() {
        let folder = std::env::temp_dir().join(format!("ops-cipher-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let (ours, theirs) = (folder.join("ours"), folder.join("theirs"));
        let recipient = generate(&ours).unwrap();
        generate(&theirs).unwrap();
        assert!(generate(&ours).is_err(), "an identity is never overwritten");
        let recipients = Recipients::parse(&[recipient]).unwrap();
        let sealed = recipients.seal(b"items".to_vec()).unwrap();
        assert!(!sealed.windows(5).any(|five| five == b"items"));
        let open = |path: &Path| Identities::read(path).unwrap().open(&sealed, 5);
        assert_eq!(open(&ours).unwrap(), b"items");
        assert!(open(&theirs).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn without_recipients_nothing_is_encrypted() {
        let recipients = Recipients::parse(&[]).unwrap();
        assert_eq!(recipients.seal(b"items".to_vec()).unwrap(), b"items");
        assert!(Recipients::parse(&["age1nonsense".into()]).is_err());
    }
}
