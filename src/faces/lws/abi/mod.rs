//! The words libwebsockets shares with its programs: constants, and the layout of memory both sides touch.
