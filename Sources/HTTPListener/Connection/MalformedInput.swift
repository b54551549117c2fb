internal import Deliveries

/// Input that is not an HTTP/1.x request, with the likely cause. Logs and the response show the raw value as the
/// reason.
package enum MalformedInput: String, Error, Sendable, CaseIterable {
    case tls = "a TLS handshake on a port without TLS"
    case proxyHeader = "a PROXY protocol header from an address that `trusted-proxies` does not allow to send one"
    case missingProxyHeader = "no PROXY protocol header from a trusted proxy, although `trusted-proxies` requires one"
    case http2 = "an HTTP/2 connection preface; only HTTP/1.1 is supported"
    case ssh = "an SSH banner"
    case otherProtocol = "the first line is not an HTTP/1.0 or HTTP/1.1 request line"
    case framing = "the chunk sizes, chunk extensions and trailers of the body are too long"
    case syntax = "the request is not valid HTTP/1.1"
    case truncated = "the client ended the connection before the end of its request"

    /// Recognises another protocol by the first bytes of a connection; nil if the bytes can be HTTP.
    init?(firstBytes bytes: some Collection<UInt8>) {
        func begins(_ prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }
        // The first bytes of a TLS handshake record, version 3.x (RFC 8446 §5.1). No HTTP method begins with 0x16.
        if bytes.starts(with: [0x16, 0x03]) {
            self = .tls
        } else if begins("PROXY ") || bytes.starts(with: ProxyHeader.signature) {
            self = .proxyHeader
        } else if begins("PRI * HTTP/2") {
            self = .http2
        } else if begins("SSH-") {
            self = .ssh
        } else {
            return nil
        }
    }

    var response: Response {
        .json(400, #"{"error":"this is not a complete HTTP/1.1 request: \#(rawValue)"}"#)
    }
}
