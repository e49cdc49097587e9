package web

import (
	"net"
	"net/http"
	"net/netip"
)

func ipNet(p netip.Prefix) *net.IPNet {
	p = p.Masked()
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// fromProxy reports whether the peer itself is a trusted proxy, so that its
// headers about the visitor can be believed.
func (s *Server) fromProxy(r *http.Request) bool {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range s.TrustedProxies {
		if p.Contains(addr.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// country returns the visitor's country as a trusted proxy sees it, or "".
func (s *Server) country(r *http.Request) string {
	if s.CountryHeader == "" || !s.fromProxy(r) {
		return ""
	}
	return r.Header.Get(s.CountryHeader)
}
