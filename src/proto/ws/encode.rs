//! Frame headers that we send.

/// Room for the longest header, and a size that is copied at once.
pub const HEADER_ROOM: usize = 16;

/// A frame header.
#[derive(Clone, Copy)]
pub struct Header {
    bytes: [u8; HEADER_ROOM],
    len: u8,
}

impl Header {
    /// The header of a frame of `payload` bytes; `first` is its first byte: FIN, RSV and opcode.
    #[inline]
    pub fn new(first: u8, payload: usize) -> Self {
        let mut bytes = [0; HEADER_ROOM];
        bytes[0] = first;
        let len = if payload < 126 {
            bytes[1] = payload as u8;
            2
        } else if payload < 65536 {
            bytes[1] = 126;
            bytes[2..4].copy_from_slice(&(payload as u16).to_be_bytes());
            4
        } else {
            bytes[1] = 127;
            bytes[2..10].copy_from_slice(&(payload as u64).to_be_bytes());
            10
        };
        Header { bytes, len }
    }

    /// The header of a frame that a client sends: it announces `mask`, which the payload is to be changed by.
    #[inline]
    pub fn masked(first: u8, payload: usize, mask: [u8; 4]) -> Self {
        let Header { mut bytes, len } = Header::new(first, payload);
        bytes[1] |= 0x80;
        bytes[len as usize..][..4].copy_from_slice(&mask);
        Header { bytes, len: len + 4 }
    }

    /// The header's bytes, with what room is left behind them.
    #[inline]
    pub fn block(&self) -> (&[u8; HEADER_ROOM], usize) {
        (&self.bytes, self.len as usize)
    }

    /// The header's bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }
}
