package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
)

// checkTLS speaks to a server of its own on the loopback interface, trusting the system's authorities and that server's
// certificate. A system without authorities is an error: the catalogue could not be fetched later.
func checkTLS() error {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return err
	}
	if roots.Equal(x509.NewCertPool()) {
		return errors.New("the system trusts no certificate authority")
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "catalogue")
	}))
	defer server.Close()
	roots.AddCert(server.Certificate())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	answer, err := client.Get(server.URL)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if string(body) != "catalogue" {
		return fmt.Errorf("unexpected answer %q", body)
	}
	return nil
}
