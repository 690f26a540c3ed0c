//! Giving up root once the ports are open.
use caps::{CapSet, CapsHashSet};
use std::ffi::{CStr, CString};
use std::io;

/// Who the process is to be.
#[derive(Default)]
pub struct Privileges {
    gid: Option<libc::gid_t>,
    uid: Option<libc::uid_t>,
    /// The user's name, whose further groups are taken on too.
    name: Option<CString>,
    /// What it may do all the same.
    caps: CapsHashSet,
}

impl Privileges {
    /// Reads a wish: numbers, where 0 and -1 are none, and names, which go before them.
    pub fn wanted(uid: i32, gid: i32, user: Option<&CStr>, group: Option<&CStr>) -> io::Result<Self> {
        let number = |id: i32| u32::try_from(id).ok().filter(|&id| id != 0);
        // copied: programs pass names from the system's own records, which the questions below overwrite
        let (user, group) = (user.map(CStr::to_owned), group.map(CStr::to_owned));
        let mut wanted = Privileges { gid: number(gid), uid: number(uid), ..Default::default() };
        let unknown = |what: &CStr| io::Error::new(io::ErrorKind::NotFound, what.to_string_lossy().into_owned());
        if let Some(group) = group {
            // SAFETY: a C string; the record is read at once, before anything else asks for one.
            let found = unsafe { libc::getgrnam(group.as_ptr()).as_ref().map(|g| g.gr_gid) };
            wanted.gid = Some(found.ok_or_else(|| unknown(&group))?);
        }
        if let Some(user) = user {
            // SAFETY: as above.
            let found = unsafe { libc::getpwnam(user.as_ptr()).as_ref().map(|u| (u.pw_uid, u.pw_gid)) };
            let (uid, gid) = found.ok_or_else(|| unknown(&user))?;
            wanted.uid = Some(uid);
            wanted.gid = wanted.gid.or(Some(gid));
            wanted.name = Some(user);
        }
        Ok(wanted)
    }

    /// Adds capabilities to keep, by the numbers the kernel has for them.
    pub fn keep(&mut self, numbers: &[i32]) -> io::Result<()> {
        for &number in numbers {
            let known = caps::all().into_iter().find(|cap| i32::from(cap.index()) == number);
            let unknown = || io::Error::new(io::ErrorKind::InvalidInput, format!("there is no capability {number}"));
            self.caps.insert(known.ok_or_else(unknown)?);
        }
        Ok(())
    }

    /// Becomes that, for good. A process that is not allowed to, or is it already, is left as it is only in the
    /// second case.
    pub fn drop(&self) -> io::Result<()> {
        let check = |outcome: i32| if outcome == 0 { Ok(()) } else { Err(io::Error::last_os_error()) };
        // SAFETY: calls on numbers and one C string; the group goes first, since the user may not change it any more.
        unsafe {
            if let Some(gid) = self.gid.filter(|&gid| gid != libc::getegid()) {
                check(libc::setgid(gid))?;
            }
            let Some(uid) = self.uid.filter(|&uid| uid != libc::geteuid()) else { return Ok(()) };
            match &self.name {
                Some(name) => check(libc::initgroups(name.as_ptr(), self.gid.unwrap_or(libc::getegid())))?,
                None => check(libc::setgroups(0, std::ptr::null()))?,
            }
            if self.caps.is_empty() {
                return check(libc::setuid(uid));
            }
            caps::securebits::set_keepcaps(true).map_err(io::Error::other)?;
            check(libc::setuid(uid))?;
        }
        // the effective ones go with the change of user, and none but these stay permitted
        caps::set(None, CapSet::Effective, &self.caps).map_err(io::Error::other)?;
        caps::set(None, CapSet::Permitted, &self.caps).map_err(io::Error::other)?;
        caps::securebits::set_keepcaps(false).map_err(io::Error::other)
    }
}
