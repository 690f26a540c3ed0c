//! The exported functions of libwebsockets, one file for each topic of its headers.
