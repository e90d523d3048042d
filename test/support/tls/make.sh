#!/bin/sh
# Makes the certificates of the tests anew: an authority that forgets its key, and two servers signed by it.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
days=10950
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days $days -subj '/CN=Countersign test authority' \
  -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' -keyout "$work/ca.key" -out ca.crt
sign() { # name, subjectAltName
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$work/$1.csr"
  printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n' "$2" >"$work/$1.ext"
  openssl x509 -req -in "$work/$1.csr" -CA ca.crt -CAkey "$work/ca.key" -CAcreateserial -days $days -extfile "$work/$1.ext" -out "$1.crt"
  rm -f ca.srl
}
sign server 'DNS:localhost,IP:127.0.0.1,IP:::1'
sign elsewhere 'DNS:elsewhere.invalid'
