internal import Foundation

/// Where the receiver is: `http://host[:port][/prefix]`.
package struct BaseAddress: Sendable, Equatable, CustomStringConvertible {
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int
    /// Put before the target of every request; empty or `/…` without a slash at its end.
    package let pathPrefix: String

    /// Nil where the text is anything else: another scheme, a user name, a query, a fragment, characters no URL has.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), let parts = URLComponents(string: text),
            parts.scheme?.lowercased() == "http", let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return nil }
        let port = parts.port ?? 80
        guard (1...65535).contains(port) else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        var prefix = parts.percentEncodedPath
        while prefix.hasSuffix("/") { prefix.removeLast() }
        self.pathPrefix = prefix
    }

    /// The value of a `Host` header; the port is left out where it is the scheme's own.
    package var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 80 ? name : "\(name):\(port)"
    }

    package var description: String {
        "http://\(hostHeader)\(pathPrefix)"
    }
}

extension SampleRequest {
    /// The same request for another receiver: `Host` and `Content-Length` get new values where they stand, the prefix
    /// comes before the target, and everything else stays. A missing `Host` comes first, a missing `Content-Length` of a
    /// body last.
    package func addressed(to base: BaseAddress) -> SampleRequest {
        var request = self
        request.target = base.pathPrefix + target
        if headers.firstValue(of: "Host") == nil { request.headers.insert(HeaderLine("Host", ""), at: 0) }
        request.headers.replaceValue(of: "Host", with: base.hostHeader)
        // The body goes out as it is, so that it is framed by its length however it came.
        request.headers.removeAll { $0.isNamed("Transfer-Encoding") }
        if headers.firstValue(of: "Content-Length") == nil && !body.isEmpty {
            request.headers.append(HeaderLine("Content-Length", ""))
        }
        request.headers.replaceValue(of: "Content-Length", with: String(body.count))
        return request
    }
}
