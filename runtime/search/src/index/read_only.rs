//! A directory that can only be read: in Lambda the code's folder is read-only, and tantivy's own
//! reader takes its lock by opening a file for writing.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, WatchCallback, WatchHandle, WritePtr,
};

/// `D` without anything that writes, locks or watches.
///
/// No lock is needed, since nobody changes the files of an index: a newer one is another folder.
#[derive(Clone, Debug)]
pub(crate) struct ReadOnly<D>(pub D);

fn refused() -> io::Error {
    io::Error::new(
        io::ErrorKind::ReadOnlyFilesystem,
        "the index is opened for reading only",
    )
}

impl<D: Directory + Clone> Directory for ReadOnly<D> {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.0.get_file_handle(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.0.exists(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.0.atomic_read(path)
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: Arc::new(refused()),
            filepath: path.to_owned(),
        })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(refused(), path.to_owned()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use tantivy::directory::RamDirectory;

    use super::*;

    #[test]
    fn nothing_is_written_through_it() {
        let inner = RamDirectory::create();
        inner.atomic_write(Path::new("there"), b"text").unwrap();
        let directory = ReadOnly(inner.clone());
        let path = Path::new("new");
        assert!(directory.open_write(path).is_err());
        assert!(directory.atomic_write(path, b"text").is_err());
        assert!(directory.delete(Path::new("there")).is_err());
        assert!(!inner.exists(path).unwrap());
        assert_eq!(directory.atomic_read(Path::new("there")).unwrap(), b"text");
    }
}
