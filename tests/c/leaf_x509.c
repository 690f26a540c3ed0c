/*
 * Certificates that a program parses itself: made, parsed, asked, verified.
 *
 * Not compared, because ours differs: times (the original's are a day early and depend on the time zone), common names with more behind them in
 * the subject, and names that do not fit.
 */
#include <libwebsockets.h>
#include "leaf.h"

static const char ca[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBdzCCARygAwIBAgICA+kwCgYIKoZIzj0EAwIwIjEQMA4GA1UEAwwHVGVzdCBD\n"
	"QTEOMAwGA1UECgwFVGVzdHMwHhcNMjAwMTAxMDAwMDAwWhcNNDkwMTAxMDAwMDAw\n"
	"WjAiMRAwDgYDVQQDDAdUZXN0IENBMQ4wDAYDVQQKDAVUZXN0czBZMBMGByqGSM49\n"
	"AgEGCCqGSM49AwEHA0IABBIlXxkjbfW5i0xKxHX7WzmYY5LGmg/H9HxNl2fiM7Ir\n"
	"gM0NZCn3g/Q8X5RR1sAYwL5eaIlQ7kAfH+CP+Pdd5HCjQjBAMA8GA1UdEwEB/wQF\n"
	"MAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBTwp5kPpwk3tC4NTuPriXED\n"
	"KQA3CTAKBggqhkjOPQQDAgNJADBGAiEA1oiJ28U9iku8CY+9FrOa4yY03+TLyMU0\n"
	"RWGGovSSjY4CIQCaSs9NCCcBSlNlowJSL4pvACOtiHh9YrPguqosf9mPSQ==\n"
	"-----END CERTIFICATE-----\n";
static const char otherca[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBVzCB/qADAgECAgID6jAKBggqhkjOPQQDAjATMREwDwYDVQQDDAhPdGhlciBD\n"
	"QTAeFw0yMDAxMDEwMDAwMDBaFw00OTAxMDEwMDAwMDBaMBMxETAPBgNVBAMMCE90\n"
	"aGVyIENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExxr1iRMAP+vI2CbTZPra\n"
	"6CKZOfhOBMQHlOwASyBg9S6s1WjJEp8l2cLnVdnZMHhDrYcRfmO7BGBnF5Rss1o8\n"
	"cKNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYE\n"
	"FIjrHNMkAWBBpqQd4aRoSseIzS6AMAoGCCqGSM49BAMCA0gAMEUCIACC3Oa7IcDT\n"
	"zeRlnkntFdPSzKrxNZRyiFyg60ZlTXr4AiEAgVrJ+MkY82TIqYyVhprhxtMESuDb\n"
	"JbAgGEEnZmyMU+0=\n"
	"-----END CERTIFICATE-----\n";
static const char site[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBqDCCAU2gAwIBAgICA/AwCgYIKoZIzj0EAwIwIjEQMA4GA1UEAwwHVGVzdCBD\n"
	"QTEOMAwGA1UECgwFVGVzdHMwHhcNMjAwMTAxMDAwMDAwWhcNNDkwMTAxMDAwMDAw\n"
	"WjARMQ8wDQYDVQQDDAZhLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARp\n"
	"wTgvaEDZFpSLVKkL0TmSm5Qv7d5jLHw9rREU7XUytVPo9SqPQxft7L9ZtKzirRMS\n"
	"vROgAlOQuP/dICTmtP5Do4GDMIGAMAkGA1UdEwQCMAAwCwYDVR0PBAQDAgWgMBMG\n"
	"A1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBSlPGqIPT8enb/X2eEWbb9L2Wae\n"
	"2TAfBgNVHSMEGDAWgBTwp5kPpwk3tC4NTuPriXEDKQA3CTARBgNVHREECjAIggZh\n"
	"LnRlc3QwCgYIKoZIzj0EAwIDSQAwRgIhAMlpkgadsuNDGGOoUqsvA1r4AkjoKcZc\n"
	"qZLT6ftf0uPhAiEAgLUuENSRiAWDZxRAjm2bLtslBkfGrFDh34MfEBZsLdI=\n"
	"-----END CERTIFICATE-----\n";
static const char selfsigned[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBcjCCARigAwIBAgICA/cwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxo\n"
	"b3N0MB4XDTIwMDEwMTAwMDAwMFoXDTQ5MDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ\n"
	"bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUbHoBJEYIFw55+UV\n"
	"iLUdr6pz7fatYK4l+OixErhIVw4xQF1FqwazN3OZVyiMCETu7JDJdGFKwc1CwGGE\n"
	"k7+elKNaMFgwCQYDVR0TBAIwADAdBgNVHQ4EFgQUh9rAep9151ErXSawGaLtx0ui\n"
	"hh4wLAYDVR0RBCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAAAAAAAAAAAAAAAAAB\n"
	"MAoGCCqGSM49BAMCA0gAMEUCIQCYbw37RMcWRuE3KILOoji31kUWdrLplw/Wfo9+\n"
	"JbAVjgIgO9ft5lHMsjf96k+iixNzmwvicls7wc2oGwwxP0KSr4g=\n"
	"-----END CERTIFICATE-----\n";
static const char intermediate[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBjzCCATWgAwIBAgICA+swCgYIKoZIzj0EAwIwIjEQMA4GA1UEAwwHVGVzdCBD\n"
	"QTEOMAwGA1UECgwFVGVzdHMwHhcNMjAwMTAxMDAwMDAwWhcNNDkwMTAxMDAwMDAw\n"
	"WjAaMRgwFgYDVQQDDA9JbnRlcm1lZGlhdGUgQ0EwWTATBgcqhkjOPQIBBggqhkjO\n"
	"PQMBBwNCAAQTnMPJuVbdfORhxlTHy9M5Rj6CNcQu3qlKAv16NSBjcpsAed8hmEli\n"
	"t5tE0RglrwHSo/ZXf91holtjz+6O2ld9o2MwYTAPBgNVHRMBAf8EBTADAQH/MA4G\n"
	"A1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUxk14hW0GsdwkWSYDPu4TXAJhq4wwHwYD\n"
	"VR0jBBgwFoAU8KeZD6cJN7QuDU7j64lxAykANwkwCgYIKoZIzj0EAwIDSAAwRQIh\n"
	"AKP+d8GlJ5LMgyRIrOtGj4UTmsDkocb/gRXHJr+pzYN2AiAfoSK3nLJnAzXS8BUx\n"
	"FfNIQw4r85MV3VU9nHTS6QQyKw==\n"
	"-----END CERTIFICATE-----\n";
static const char below[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBvTCCAWOgAwIBAgICA+8wCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPSW50ZXJt\n"
	"ZWRpYXRlIENBMB4XDTIwMDEwMTAwMDAwMFoXDTQ5MDEwMTAwMDAwMFowFDESMBAG\n"
	"A1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAERlv5RrOz\n"
	"U35Kn6plMajUs2QGOw5Uh84pXT3R78hD/dHUebd8pjTEQqGMhwxVGTF1mJDXnAK6\n"
	"SKqR9T/eRTf8yKOBnjCBmzAJBgNVHRMEAjAAMAsGA1UdDwQEAwIFoDATBgNVHSUE\n"
	"DDAKBggrBgEFBQcDATAdBgNVHQ4EFgQUyg8QpWbbveyImKO/cbQtoirADWkwHwYD\n"
	"VR0jBBgwFoAUxk14hW0GsdwkWSYDPu4TXAJhq4wwLAYDVR0RBCUwI4IJbG9jYWxo\n"
	"b3N0hwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMAoGCCqGSM49BAMCA0gAMEUCIHMa\n"
	"1FhOW5cn2EMt5SPENyD2QyUG6EzhF0y9syaBdjT9AiEA76H2BqRuS387zp94J85C\n"
	"60/RmVb7Da/OM+k2IqkEbG8=\n"
	"-----END CERTIFICATE-----\n";
static const char expired[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBxjCCAWugAwIBAgICA/QwCgYIKoZIzj0EAwIwIjEQMA4GA1UEAwwHVGVzdCBD\n"
	"QTEOMAwGA1UECgwFVGVzdHMwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAw\n"
	"WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
	"AAT01baAqbxo6OCvryL14x//YvKa3ORT6zE7g3Gz04VFZj4bZc/vpYSQVyfFlFsY\n"
	"2du756pR6p47pvq6NUsciBgbo4GeMIGbMAkGA1UdEwQCMAAwCwYDVR0PBAQDAgWg\n"
	"MBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBRUxXUGiM1AGDxRXfbSOM6P\n"
	"F3tI0jAfBgNVHSMEGDAWgBTwp5kPpwk3tC4NTuPriXEDKQA3CTAsBgNVHREEJTAj\n"
	"gglsb2NhbGhvc3SHBH8AAAGHEAAAAAAAAAAAAAAAAAAAAAEwCgYIKoZIzj0EAwID\n"
	"SQAwRgIhALx0rSuOsHhMso2y9nYQl2T/bdCU/J4oJSFk29L/GHDyAiEAniX59m8v\n"
	"iuM8zayeTREK0giP2QLx3/yrneHthp01WRM=\n"
	"-----END CERTIFICATE-----\n";

static union {
	union lws_tls_cert_info_results results;
	char room[2048];
} big;

static struct lws_x509_cert *
parsed(const char *pem)
{
	struct lws_x509_cert *x509 = NULL;

	if (lws_x509_create(&x509) || lws_x509_parse_from_pem(x509, pem, strlen(pem) + 1))
		printf("not parsed\n");
	return x509;
}

static void
say(const char *name, const char *pem)
{
	static const enum lws_tls_cert_info texts[] = { LWS_TLS_CERT_INFO_COMMON_NAME, LWS_TLS_CERT_INFO_ISSUER_NAME };
	struct lws_x509_cert *x509 = parsed(pem);
	unsigned int i;
	int n;

	printf("%s\n", name);
	for (i = 0; i < LWS_ARRAY_SIZE(texts); i++) {
		memset(&big, 0x55, sizeof big);
		n = lws_x509_info(x509, texts[i], &big.results, 1024);
		printf(" text %d: %d %d %s\n", texts[i], n, big.results.ns.len, big.results.ns.name);
	}
	n = lws_x509_info(x509, LWS_TLS_CERT_INFO_USAGE, &big.results, 0);
	printf(" usage: %d %x\n", n, big.results.usage);
	printf(" verified: %d\n", lws_x509_info(x509, LWS_TLS_CERT_INFO_VERIFIED, &big.results, 0));
	n = lws_x509_info(x509, LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY, &big.results, 1024);
	printf(" key: %d %d ", n, big.results.ns.len);
	for (n = 0; n < big.results.ns.len; n++)
		printf("%02x", (unsigned char)big.results.ns.name[n]);
	big.results.ns.len = 77;
	n = lws_x509_info(x509, LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY, &big.results, 8);
	printf("\n key without room: %d %d\n", n, big.results.ns.len);
	printf(" unknown question: %d\n", lws_x509_info(x509, (enum lws_tls_cert_info)99, &big.results, 1024));
	lws_x509_destroy(&x509);
	printf(" gone: %d\n", !x509);
	lws_x509_destroy(&x509);
}

static void
verify(const char *what, const char *one, const char *other, const char *name)
{
	struct lws_x509_cert *x509 = parsed(one), *trusted = parsed(other);

	printf("%s, %s: %d\n", what, name ? name : "any name", lws_x509_verify(x509, trusted, name));
	lws_x509_destroy(&x509);
	lws_x509_destroy(&trusted);
}

static void
parse(const char *what, const char *text, size_t len)
{
	struct lws_x509_cert *x509 = NULL;

	printf("create: %d\n", lws_x509_create(&x509));
	printf("%s: %d\n", what, lws_x509_parse_from_pem(x509, text, len));
	lws_x509_destroy(&x509);
}

int
main(void)
{
	static const char key[] = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n";

	lws_set_log_level(0, NULL);
	parse("a certificate", site, sizeof site);
	parse("without its NUL", site, sizeof site - 1);
	parse("cut", site, sizeof site / 2);
	parse("nothing", "", 0);
	parse("a NUL", "", 1);
	parse("garbage", "garbage", 8);
	parse("a key", key, sizeof key);

	say("site", site);
	say("selfsigned", selfsigned);
	say("below", below);

	verify("by its issuer", site, ca, NULL);
	verify("by its issuer", site, ca, "a.test");
	verify("by its issuer", site, ca, "b.test");
	verify("by its issuer", site, ca, "A.TEST");
	verify("by its issuer", site, ca, "");
	verify("by another", site, otherca, NULL);
	verify("by one that is none", site, selfsigned, NULL);
	verify("by itself", site, site, "a.test");
	verify("selfsigned by itself", selfsigned, selfsigned, "localhost");
	verify("by the issuer's issuer", below, ca, NULL);
	verify("by the intermediate", below, intermediate, "localhost");
	verify("the intermediate", intermediate, ca, NULL);
	verify("expired", expired, ca, "localhost");
	return 0;
}
