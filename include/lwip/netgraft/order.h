/*
 * Part of netgraft's lwip/order.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_ORDER_GENERATED_H
#define NETGRAFT_LWIP_ORDER_GENERATED_H

/**
 * A number in the order of the network.
 */
NETGRAFT_EXTERN uint16_t lwip_htons(uint16_t n);

/**
 * A number in the order of the network.
 */
NETGRAFT_EXTERN uint32_t lwip_htonl(uint32_t n);

#endif  /* NETGRAFT_LWIP_ORDER_GENERATED_H */
