/*
 * netgraft: lwIP's assertions and debug lines. The lines are a program's own, when LWIP_DEBUG is defined.
 */
#ifndef NETGRAFT_LWIP_DEBUG_H
#define NETGRAFT_LWIP_DEBUG_H

#include "lwip/opt.h"
#include "lwip/arch.h"
#include <stdio.h>
#include <stdlib.h>

#define LWIP_DBG_LEVEL_ALL 0x00
#define LWIP_DBG_LEVEL_WARNING 0x01
#define LWIP_DBG_LEVEL_SERIOUS 0x02
#define LWIP_DBG_LEVEL_SEVERE 0x03
#define LWIP_DBG_ON 0x80U
#define LWIP_DBG_OFF 0x00U
#define LWIP_DBG_TRACE 0x40U
#define LWIP_DBG_STATE 0x20U

#ifndef LWIP_PLATFORM_DIAG
#define LWIP_PLATFORM_DIAG(x) do { printf x; } while (0)
#endif
#ifndef LWIP_PLATFORM_ASSERT
#define LWIP_PLATFORM_ASSERT(x) \
	do { printf("Assertion \"%s\" failed at line %d in %s\n", x, __LINE__, __FILE__); fflush(NULL); abort(); } while (0)
#endif
#ifndef LWIP_ASSERT
#ifdef LWIP_NOASSERT
#define LWIP_ASSERT(message, assertion)
#else
#define LWIP_ASSERT(message, assertion) do { if (!(assertion)) { LWIP_PLATFORM_ASSERT(message); } } while (0)
#endif
#endif
#ifndef LWIP_ERROR
#define LWIP_ERROR(message, expression, handler) \
	do { if (!(expression)) { LWIP_PLATFORM_ASSERT(message); handler; } } while (0)
#endif
#ifndef LWIP_DEBUGF
#ifdef LWIP_DEBUG
#define LWIP_DEBUGF(debug, message) do { if ((debug) & LWIP_DBG_ON) { LWIP_PLATFORM_DIAG(message); } } while (0)
#else
#define LWIP_DEBUGF(debug, message)
#endif
#endif

#endif
