/* The time and the sets are the system's, as in most ports to one. */
#define LWIP_TIMEVAL_PRIVATE 0
#include <sys/time.h>
#define LWIP_ERRNO_STDINCLUDE 1
