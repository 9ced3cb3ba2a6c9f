// Package peers starts the programs of others that tests drive: LemonLDAP::NG, SimpleSAMLphp, mod_auth_mellon, Shibboleth,
// phpCAS, mod_auth_cas, as Debian ships them, and asks xmlsec1 for its verdict. Each runs on loopback ports that are free,
// with all its files in a folder of the test, and ends with the test, which shows its logs when it fails. Only tests import
// this package; its imports, and it, need a Unix.
//
// Every Start function, and every function that asks xmlsec1, fails the test when its program is missing and CI=true, and skips
// it otherwise. Those of LemonLDAP::NG and of the SAML peers skip it in a short run too: they take some seconds, which prove
// nothing under the race detector.
package peers
