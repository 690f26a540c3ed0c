//! The binary contract: sizes and offsets of Debian 12's libwebsockets 4.1.6 on amd64, checked when this crate is
//! compiled. `tests/abi/layout.c` checks the same numbers against the headers, ours and the original's.
#![cfg(target_pointer_width = "64")]
use super::*;
use std::mem::{align_of, offset_of, size_of};

/// Asserts a type's size, alignment and the offsets of its fields.
macro_rules! layout {
    ($type:ty, $size:literal, $align:literal $(, $field:ident @ $offset:literal)* $(,)?) => {
        const _: () = {
            assert!(size_of::<$type>() == $size);
            assert!(align_of::<$type>() == $align);
            $(assert!(offset_of!($type, $field) == $offset);)*
        };
    };
}

layout!(
    lws_context_creation_info, 672, 8, iface @ 0, protocols @ 8, extensions @ 16, token_limits @ 24,
    http_proxy_address @ 32, headers @ 40, reject_service_keywords @ 48, pvo @ 56, log_filepath @ 64,
    mounts @ 72, server_string @ 80, error_document_404 @ 88, port @ 96, http_proxy_port @ 100,
    max_http_header_data2 @ 104, max_http_header_pool2 @ 108, keepalive_timeout @ 112, http2_settings @ 116,
    max_http_header_data @ 144, max_http_header_pool @ 146, ssl_private_key_password @ 152,
    ssl_cert_filepath @ 160, ssl_private_key_filepath @ 168, ssl_ca_filepath @ 176, ssl_cipher_list @ 184,
    ecdh_curve @ 192, tls1_3_plus_cipher_list @ 200, server_ssl_cert_mem @ 208,
    server_ssl_private_key_mem @ 216, server_ssl_ca_mem @ 224, ssl_options_set @ 232, ssl_options_clear @ 240,
    simultaneous_ssl_restriction @ 248, ssl_info_event_mask @ 252, server_ssl_cert_mem_len @ 256,
    server_ssl_private_key_mem_len @ 260, server_ssl_ca_mem_len @ 264, alpn @ 272,
    client_ssl_private_key_password @ 280, client_ssl_cert_filepath @ 288, client_ssl_cert_mem @ 296,
    client_ssl_cert_mem_len @ 304, client_ssl_private_key_filepath @ 312, client_ssl_key_mem @ 320,
    client_ssl_ca_filepath @ 328, client_ssl_ca_mem @ 336, client_ssl_cipher_list @ 344,
    client_tls_1_3_plus_cipher_list @ 352, ssl_client_options_set @ 360, ssl_client_options_clear @ 368,
    client_ssl_ca_mem_len @ 376, client_ssl_key_mem_len @ 380, provided_client_ssl_ctx @ 384, ka_time @ 392,
    ka_probes @ 396, ka_interval @ 400, timeout_secs @ 404, connect_timeout_secs @ 408, bind_iface @ 412,
    timeout_secs_ah_idle @ 416, gid @ 420, uid @ 424, options @ 432, user @ 440, count_threads @ 448,
    fd_limit_per_thread @ 452, vhost_name @ 456, external_baggage_free_on_destroy @ 464, pt_serv_buf_size @ 472,
    fops @ 480, caps @ 488, count_caps @ 504, foreign_loops @ 512, signal_cb @ 520, pcontext @ 528,
    finalize @ 536, finalize_arg @ 544, listen_accept_role @ 552, listen_accept_protocol @ 560,
    pprotocols @ 568, username @ 576, groupname @ 584, unix_socket_perms @ 592, system_ops @ 600,
    retry_and_idle_policy @ 608, register_notifier_list @ 616, rlimit_nofile @ 624, udp_loss_sim_tx_pc @ 628,
    udp_loss_sim_rx_pc @ 629, early_smd_cb @ 632, early_smd_opaque @ 640, early_smd_class_filter @ 648,
    _unused @ 656
);
layout!(
    lws_protocols, 56, 8, name @ 0, callback @ 8, per_session_data_size @ 16, rx_buffer_size @ 24, id @ 32,
    user @ 40, tx_packet_size @ 48
);
layout!(
    lws_client_connect_info, 232, 8, context @ 0, address @ 8, port @ 16, ssl_connection @ 20, path @ 24,
    host @ 32, origin @ 40, protocol @ 48, ietf_version_or_minus_one @ 56, userdata @ 64, client_exts @ 72,
    method @ 80, parent_wsi @ 88, uri_replace_from @ 96, uri_replace_to @ 104, vhost @ 112, pwsi @ 120,
    iface @ 128, local_protocol_name @ 136, alpn @ 144, seq @ 152, opaque_user_data @ 160,
    retry_and_idle_policy @ 168, manual_initial_tx_credit @ 176, sys_tls_client_cert @ 180, mqtt_cp @ 184,
    keep_warm_secs @ 192, _unused @ 200
);
layout!(
    lws_http_mount, 104, 8, mount_next @ 0, mountpoint @ 8, origin @ 16, def @ 24, protocol @ 32, cgienv @ 40,
    extra_mimetypes @ 48, interpret @ 56, cgi_timeout @ 64, cache_max_age @ 68, auth_mask @ 72,
    cache_flags @ 76, origin_protocol @ 77, mountpoint_len @ 78, basic_auth_login_file @ 80, _unused @ 88
);
layout!(lws_protocol_vhost_options, 32, 8, next @ 0, options @ 8, name @ 16, value @ 24);
layout!(lws_extension, 24, 8, name @ 0, callback @ 8, client_offer @ 16);
layout!(lws_ext_options, 16, 8, name @ 0, r#type @ 8);
layout!(lws_ext_option_arg, 32, 8, option_name @ 0, option_index @ 8, start @ 16, len @ 24);
layout!(lws_pollargs, 12, 4, fd @ 0, events @ 4, prev_events @ 8);
layout!(lws_sorted_usec_list, 48, 8, list @ 0, us @ 24, cb @ 32, latency_us @ 40);
layout!(
    lws_retry_bo, 24, 8, retry_ms_table @ 0, retry_ms_table_count @ 8, conceal_count @ 10,
    secs_since_valid_ping @ 12, secs_since_valid_hangup @ 14, jitter_percent @ 16
);
layout!(lws_adopt_desc, 40, 8, vh @ 0, r#type @ 8, fd @ 12, vh_prot_name @ 16, parent @ 24, opaque @ 32);
layout!(lws_process_html_args, 24, 8, p @ 0, len @ 8, max_len @ 12, r#final @ 16, chunked @ 20);
layout!(
    lws_process_html_state, 64, 8, start @ 0, swallow @ 8, pos @ 24, data @ 32, vars @ 40, count_vars @ 48,
    replace @ 56
);
layout!(lws_token_limits, 190, 2, token_limit @ 0);
layout!(lws_dll2, 24, 8, prev @ 0, next @ 8, owner @ 16);
layout!(lws_dll2_owner, 24, 8, tail @ 0, head @ 8, count @ 16);
layout!(lws_filter_network_conn_args, 136, 8, cli_addr @ 0, clilen @ 128, accept_fd @ 132);
layout!(lws_ssl_info, 8, 4, r#where @ 0, ret @ 4);
layout!(lws_acme_cert_aging_args, 96, 8, vh @ 0, element_overrides @ 8);
layout!(lws_udp, 40, 4, sa @ 0, salen @ 16, sa_pending @ 20, salen_pending @ 36);
layout!(lws_plat_file_ops, 96, 8, open @ 0, close @ 8, seek_cur @ 16, read @ 24, write @ 32, fi @ 40, next @ 88);
layout!(lws_fop_fd, 48, 8, fd @ 0, fops @ 8, filesystem_priv @ 16, pos @ 24, len @ 32, flags @ 40, mod_time @ 44);
layout!(lws_fops_index, 16, 8, sig @ 0, len @ 8);
layout!(
    lws_spa_create_info, 56, 8, param_names @ 0, count_params @ 8, max_storage @ 12, opt_cb @ 16, opt_data @ 24,
    param_names_stride @ 32, ac @ 40, ac_chunk_size @ 48
);
layout!(lws_tokenize, 40, 8, start @ 0, token @ 8, len @ 16, token_len @ 24, flags @ 32, delim @ 34, e @ 35);
layout!(
    lws_system_ops, 40, 8, reboot @ 0, set_clock @ 8, attach @ 16, captive_portal_detect_request @ 24,
    wake_latency_us @ 32
);
layout!(lws_state_notify_link, 40, 8, list @ 0, notify_cb @ 24, name @ 32);
layout!(
    lws_state_manager, 72, 8, notify_list @ 0, context @ 24, parent @ 32, smd_class @ 40, state_names @ 48,
    name @ 56, state @ 64
);
layout!(lws_plugin, 24, 8, list @ 0, hdr @ 8, u @ 16);
layout!(lws_plugin_header, 24, 8, name @ 0, _class @ 8, api_magic @ 16);
layout!(
    lws_plugin_protocol, 48, 8, hdr @ 0, protocols @ 24, extensions @ 32, count_protocols @ 40,
    count_extensions @ 44
);
layout!(lws_plugin_evlib, 32, 8, hdr @ 0, ops @ 24);
layout!(lws_genhash_ctx, 24, 8, r#type @ 0, evp_type @ 8, mdctx @ 16);
layout!(lws_humanize_unit, 16, 8, name @ 0, factor @ 8);
layout!(lws_cgi_args, 32, 8, stdwsi @ 0, ch @ 8, data @ 16, hdr_state @ 24, len @ 28);
layout!(
    lejp_ctx, 656, 8, user @ 0, pst @ 8, st @ 168, i @ 216, wild @ 226, path @ 236, buf @ 364,
    path_stride @ 624, line @ 632, uni @ 636, npos @ 638, dcount @ 639, f @ 640, sp @ 641, ipos @ 642,
    count_paths @ 643, path_match @ 644, path_match_len @ 645, wildcount @ 646, pst_sp @ 647, outer_array @ 648
);
layout!(_lejp_stack, 4, 1, s @ 0, p @ 1, i @ 2, b @ 3);
layout!(_lejp_parsing_stack, 32, 8, user @ 0, callback @ 8, paths @ 16, count_paths @ 24, ppos @ 25, path_match @ 26);
layout!(lws_sockaddr46, 28, 4, sa6 @ 0, sa4 @ 0);
layout!(
    lws_strexp, 88, 8, name @ 0, cb @ 32, r#priv @ 40, out @ 48, olen @ 56, pos @ 64, exp_ofs @ 72,
    name_pos @ 80, state @ 81
);
layout!(lws_tls_cert_info_results, 72, 8, verified @ 0, time @ 0, usage @ 0, ns @ 0);
layout!(lws_b64state, 32, 8);
layout!(lws_dir_entry, 16, 8);
layout!(lws_dir_glob, 24, 8);
layout!(lws_genhmac_ctx, 32, 8);
layout!(lws_sock_file_fd_type, 4, 4);
layout!(lws_tokens, 16, 8);
layout!(lws_write_passthru, 32, 8);
