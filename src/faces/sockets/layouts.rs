//! The structures of lwIP's own headers, where they differ from the system's.
use super::values;
use std::ffi::{c_int, c_void};
use std::mem::offset_of;

/// As large as any address of the system.
pub const LARGEST: usize = size_of::<libc::sockaddr_storage>();

/// An address as the kernel knows it, made from one that begins with its length.
pub struct Address {
    storage: libc::sockaddr_storage,
    len: libc::socklen_t,
}

impl Address {
    /// # Safety
    /// `name` is null or points to `len` bytes.
    pub unsafe fn read(name: *const u8, len: libc::socklen_t) -> Result<Address, c_int> {
        if name.is_null() {
            return Err(libc::EFAULT);
        }
        let size = len as usize;
        if !(2..=LARGEST).contains(&size) {
            return Err(libc::EINVAL);
        }
        let mut address = Address::room();
        address.len = len;
        // SAFETY: so many bytes are there, and there is room for them.
        unsafe { (&raw mut address.storage).cast::<u8>().copy_from_nonoverlapping(name, size) };
        // the length says nothing: what counts is the argument
        // SAFETY: reads one byte of the caller's.
        address.storage.ss_family = unsafe { name.add(1).read() }.into();
        Ok(address)
    }

    /// Room for an address that the kernel is to write.
    pub fn room() -> Address {
        // SAFETY: a structure of integers, for which zeros are values.
        Address { storage: unsafe { std::mem::zeroed() }, len: LARGEST as libc::socklen_t }
    }

    /// For the kernel.
    pub fn as_ptr(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }

    /// Its length, for the kernel to change.
    pub fn len_ptr(&mut self) -> *mut libc::socklen_t {
        &mut self.len
    }

    /// Its length.
    pub fn len(&self) -> libc::socklen_t {
        self.len
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes it with its length first, cut to the room that `*len` says; `*len` becomes its full length.
    ///
    /// # Safety
    /// `len` is null, or `name` points to `*len` bytes.
    pub unsafe fn write(&self, name: *mut u8, len: *mut libc::socklen_t) {
        if name.is_null() || len.is_null() {
            return;
        }
        let storage = (&raw const self.storage).cast::<u8>();
        // SAFETY: by this function's contract, and there are so many bytes in the storage.
        unsafe {
            let room = (*len as usize).min(self.len as usize).min(LARGEST);
            name.copy_from_nonoverlapping(storage, room);
            for (i, byte) in [self.len.min(255) as u8, self.storage.ss_family as u8].into_iter().enumerate() {
                if i < room {
                    name.add(i).write(byte);
                }
            }
            *len = self.len;
        }
    }
}

/// Turns an address of the system's into one of lwIP's where it stands.
///
/// # Safety
/// `address` points to `len` bytes.
pub unsafe fn address_in_place(address: *mut u8, len: libc::socklen_t) {
    if len >= 2 && !address.is_null() {
        // SAFETY: by this function's contract.
        unsafe {
            let family = address.cast::<libc::sa_family_t>().read_unaligned();
            address.write(len.min(255) as u8);
            address.add(1).write(family as u8);
        }
    }
}

/// lwIP's `struct msghdr`.
#[repr(C)]
pub struct Message {
    /// Where the address is.
    pub name: *mut u8,
    /// How long it is.
    pub name_len: libc::socklen_t,
    /// The buffers, which are as the system's.
    pub parts: *mut libc::iovec,
    /// How many there are.
    pub count: c_int,
    /// Ancillary data.
    pub control: *mut c_void,
    /// How many bytes of it.
    pub control_len: libc::socklen_t,
    /// What the kernel says of the message.
    pub flags: c_int,
}

/// lwIP's `struct cmsghdr`; its data begins where the system's does.
#[repr(C)]
struct Control {
    len: libc::socklen_t,
    level: c_int,
    kind: c_int,
}

const _: () = {
    assert!(size_of::<Message>() == 48);
    assert!(offset_of!(Message, count) == 24 && offset_of!(Message, control_len) == 40);
    assert!(offset_of!(Message, flags) == 44);
    assert!(size_of::<Control>() == 12 && size_of::<libc::cmsghdr>() == 16);
};

/// Turns ancillary data of the system's into lwIP's where it stands, and returns how long it is now.
///
/// # Safety
/// `control` points to `len` bytes that the kernel has written, aligned as it wants them.
pub unsafe fn control_in_place(control: *mut u8, len: usize) -> usize {
    const HEADER: usize = size_of::<libc::cmsghdr>();
    let (mut from, mut to) = (0, 0);
    while from + HEADER <= len {
        // SAFETY: within the bytes; what is written never overtakes what is read.
        unsafe {
            let libc::cmsghdr { cmsg_len, cmsg_level, cmsg_type, .. } =
                control.add(from).cast::<libc::cmsghdr>().read_unaligned();
            if cmsg_len < HEADER || from + cmsg_len > len {
                break;
            }
            let mut size = cmsg_len - HEADER;
            let data = control.add(from + HEADER);
            let target = control.add(to + HEADER);
            target.copy_from(data, size);
            if cmsg_level == libc::IPPROTO_IP && cmsg_type == libc::IP_PKTINFO && size >= 12 {
                // without the local address that comes second
                target.add(4).copy_from(target.add(8), 4);
                size = 8;
            }
            let level = if cmsg_level == libc::SOL_SOCKET { values::SOL_SOCKET } else { cmsg_level };
            let header = Control { len: (HEADER + size) as libc::socklen_t, level, kind: cmsg_type };
            control.add(to).cast::<Control>().write_unaligned(header);
            from += cmsg_len.next_multiple_of(8);
            to += (HEADER + size).next_multiple_of(8);
        }
    }
    to
}
