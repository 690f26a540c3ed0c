#!/bin/bash
# Makes the certificates that the tests of TLS use.
#
#     make.sh DIRECTORY
#
# NAME.pem is a certificate (server certificates: of localhost, 127.0.0.1 and ::1, if nothing else is said), NAME.key its key.
# What is there already is kept, so that several suites can share a directory; concurrent callers wait for the first.
#
#   ca, otherca     two authorities; otherca is trusted by nobody
#   inter           an authority below ca
#   rsa, ecdsa      by ca; also .der, .key.der (PKCS #8), rsa.key.pkcs1, ecdsa.key.sec1, rsa.encrypted.key (password: secret)
#   ed25519         by ca
#   chain           by inter; chain.pem has inter behind it, leaf.pem is the leaf alone
#   a, b, wild      by ca, of a.test, b.test, *.w.test
#   noname          by ca, without alternative names; its common name is localhost
#   expired, future by ca, from another time; soon ends in ten days
#   selfsigned      by itself; selfexpired the same, expired
#   unknown         by otherca
#   client          by ca, for clients, common name "client one"; clientother by otherca, clientexpired expired
#   garbage.pem, empty.pem, half.pem (rsa.pem cut in half)
set -e
[ -n "$1" ] || { echo "usage: make.sh DIRECTORY" >&2; exit 2; }
mkdir -p "$1"
cd "$1"
exec 9>.lock
flock 9
[ ! -e done ] || exit 0
export OPENSSL_CONF=$PWD/openssl.cnf
printf '[req]\ndistinguished_name = dn\n[dn]\n' >openssl.cnf

ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
rsa() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1" 2>/dev/null; }

serial=1000
# NAME SUBJECT ISSUER EXTENSIONS [FROM TO]: signs NAME.key's certificate; ISSUER may be NAME
sign() {
	local name=$1 subject=$2 issuer=$3 from=${5:-20200101000000Z} to=${6:-20490101000000Z} dir
	serial=$((serial + 1))
	dir=$(mktemp -d)
	printf '%04x\n' $serial >"$dir/serial"
	: >"$dir/index"
	printf '[ca]\ndefault_ca = c\n[c]\ndatabase = %s/index\nserial = %s/serial\nnew_certs_dir = %s\ndefault_md = sha256\npolicy = p\nunique_subject = no\n[p]\ncommonName = supplied\norganizationName = optional\n[e]\n%b\n' \
		"$dir" "$dir" "$dir" "$4" >"$dir/conf"
	openssl req -new -key "$name.key" -subj "$subject" -out "$dir/csr"
	if [ "$name" = "$issuer" ]; then
		openssl ca -config "$dir/conf" -batch -notext -selfsign -keyfile "$name.key" -in "$dir/csr" -extensions e -startdate "$from" -enddate "$to" -out "$name.pem" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
	else
		openssl ca -config "$dir/conf" -batch -notext -cert "$issuer.pem" -keyfile "$issuer.key" -in "$dir/csr" -extensions e -startdate "$from" -enddate "$to" -out "$name.pem" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
	fi
	rm -r "$dir"
}

authority='basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign\nsubjectKeyIdentifier = hash'
server='basicConstraints = CA:FALSE\nkeyUsage = digitalSignature,keyEncipherment\nextendedKeyUsage = serverAuth\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid'
local="$server"'\nsubjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1'
client='basicConstraints = CA:FALSE\nkeyUsage = digitalSignature\nextendedKeyUsage = clientAuth\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid'
long_ago='20200101000000Z 20210101000000Z'

for name in ca otherca inter ecdsa chain a b wild noname expired future soon selfsigned selfexpired unknown client clientother clientexpired wrong; do ec $name.key; done
rsa rsa.key
openssl genpkey -algorithm ED25519 -out ed25519.key

sign ca "/CN=Test CA/O=Tests" ca "$authority"
sign otherca "/CN=Other CA" otherca "$authority"
sign inter "/CN=Intermediate CA" ca "$authority\nauthorityKeyIdentifier = keyid"
for name in rsa ecdsa ed25519; do sign $name "/CN=localhost/O=Tests" ca "$local"; done
sign chain "/CN=localhost" inter "$local"
sign a "/CN=a.test" ca "$server\nsubjectAltName = DNS:a.test"
sign b "/CN=b.test" ca "$server\nsubjectAltName = DNS:b.test"
sign wild "/CN=wild" ca "$server\nsubjectAltName = DNS:*.w.test"
sign noname "/CN=localhost" ca "$server"
# shellcheck disable=SC2086
sign expired "/CN=localhost" ca "$local" $long_ago
sign future "/CN=localhost" ca "$local" 20480101000000Z 20490101000000Z
sign soon "/CN=localhost" ca "$local" 20200101000000Z "$(date -u -d '+10 days' +%Y%m%d%H%M%SZ)"
own='basicConstraints = CA:FALSE\nsubjectKeyIdentifier = hash\nsubjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1'
sign selfsigned "/CN=localhost" selfsigned "$own"
# shellcheck disable=SC2086
sign selfexpired "/CN=localhost" selfexpired "$own" $long_ago
sign unknown "/CN=localhost" otherca "$local"
sign client "/CN=client one/O=Tests" ca "$client"
sign clientother "/CN=client other" otherca "$client"
# shellcheck disable=SC2086
sign clientexpired "/CN=client expired" ca "$client" $long_ago

cp chain.pem leaf.pem
cp chain.key leaf.key
cat leaf.pem inter.pem >chain.pem
for name in ca rsa ecdsa client; do
	openssl x509 -in $name.pem -outform DER -out $name.der
	openssl pkcs8 -topk8 -nocrypt -in $name.key -outform DER -out $name.key.der
done
openssl rsa -in rsa.key -traditional -out rsa.key.pkcs1 2>/dev/null
openssl ec -in ecdsa.key -out ecdsa.key.sec1 2>/dev/null
openssl pkcs8 -topk8 -in rsa.key -passout pass:secret -out rsa.encrypted.key
openssl pkcs8 -topk8 -in client.key -passout pass:secret -out client.encrypted.key
cat rsa.pem rsa.key >rsa.both.pem
echo "this is no certificate" >garbage.pem
: >empty.pem
head -c 700 rsa.pem >half.pem
rm -f openssl.cnf
touch done
