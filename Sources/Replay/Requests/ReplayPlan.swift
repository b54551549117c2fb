package import Deliveries
internal import Foundation

/// The reason why a delivery cannot be replayed.
package enum ReplayError: Error, Equatable {
    /// The URL is not `http://host…` or `https://host…`, or its port is not from 1 to 65535.
    case notHTTP(url: String)
    case noDelivery(DeliveryID)
    case cannotSign(DeliveryID, source: String, ReplaySigner.Obstacle)
    /// The body is not JSON, or has no value at this path.
    case noValue(DeliveryID, path: String)
    /// A stored header contains characters that would end this header or start another one.
    case unsafeHeader(DeliveryID, name: String)
    /// A file of the run cannot be written or read.
    case cannotKeep(path: String)
    /// Another process is sending the run.
    case isRunning(run: Int64)
    case noRun(Int64)
    /// The run has already ended, or its plan is not on this machine.
    case notResumable(run: Int64)
}

/// A request that is created from an archived delivery. It has the method, body and headers of the delivery, apart from
/// changes that the preparation makes.
package struct ReplayPlan: Sendable, Equatable {
    package let deliveryID: DeliveryID
    package let method: String
    /// The destination. Includes the query, but no user name and password.
    package let url: String
    package internal(set) var headers: [HeaderField]
    package internal(set) var body: [UInt8]
    /// The names of the parts that the user changed, without values. A new signature alone does not count as a change.
    package internal(set) var changes: [String] = []

    package var isChanged: Bool { !changes.isEmpty }

    /// - Parameter path: the path to append to the path of `url`; empty or with a leading slash.
    /// - Throws: `ReplayError.notHTTP`.
    package init(_ delivery: ArchivedDelivery, to url: String, appending path: String = "") throws(ReplayError) {
        self.init(delivery, to: try ReplayTarget(url), appending: path)
    }

    init(_ delivery: ArchivedDelivery, to target: ReplayTarget, appending path: String) {
        // The request line of a fetched delivery is Callbox's call to the provider's API. A webhook with the same
        // content would be a POST.
        let isFetched = delivery.verification == .fetched
        var headers = Self.endToEnd(delivery.request.headers)
        if let credentials = target.credentials {
            headers.removeAll { $0.name.matchesIgnoringASCIICase(credentials.name) }
            headers.append(credentials)
        }
        var url = target.url
        if !path.isEmpty {
            let query = url.firstIndex(of: "?") ?? url.endIndex
            let base = url[..<query]
            url = String(base) + path.dropFirst(base.hasSuffix("/") ? 1 : 0) + url[query...]
        }
        if !target.hasQuery, !isFetched, let query = delivery.request.target.query { url += "?\(query)" }
        self.deliveryID = delivery.id
        self.method = isFetched ? "POST" : delivery.request.method
        self.url = url
        self.headers = headers
        self.body = delivery.request.body
    }

    /// The URL without its query, in the form that logs and the archive may contain.
    package var urlWithoutQuery: String { Self.urlWithoutSecrets(url) }

    /// A URL without user name, password, query and fragment.
    package static func urlWithoutSecrets(_ url: String) -> String {
        // Searches bytes, because `?` and a following combining character form a single `Character`.
        String(
            Substring(withoutCredentials(url[...]).utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }))
    }

    /// The URL without the part before `@` in its authority (RFC 3986 §3.2). All other bytes are unchanged.
    fileprivate static func withoutCredentials(_ url: Substring) -> String {
        guard let scheme = url.range(of: "://") else { return String(url) }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?".contains($0) }
        let host = authority.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        return String(url[..<scheme.upperBound]) + host
    }

    /// Headers that apply to a single connection (RFC 9110 §7.6.1), and headers that the new request sets.
    private static let connectionHeaders = [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Expect",
    ]

    private static func endToEnd(_ headers: HeaderFields) -> [HeaderField] {
        let named = headers.values(named: "Connection").flatMap { value in
            value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let dropped = named.isEmpty ? connectionHeaders : connectionHeaders + named
        return headers.fields.filter { field in
            !dropped.contains { field.name.matchesIgnoringASCIICase($0) }
        }
    }
}

/// The URL to which a run sends requests. If the URL has no query, the delivery's query is added, because the query of
/// a browser redirect contains all of its data.
struct ReplayTarget: Sendable {
    /// The URL without user name, password and fragment.
    let url: String
    let hasQuery: Bool
    /// The URL's user name and password as an `Authorization` header (RFC 7617), which replaces the delivery's header.
    /// Nil if the URL has no user name and no password.
    let credentials: HeaderField?

    init(_ text: String) throws(ReplayError) {
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = components.host, !host.isEmpty,
            (1...65_535).contains(components.port ?? 80)
        else { throw .notHTTP(url: text) }
        url = ReplayPlan.withoutCredentials(text.prefix { $0 != "#" })
        hasQuery = components.query != nil
        guard components.user != nil || components.password != nil else {
            credentials = nil
            return
        }
        let pair = "\(components.user ?? ""):\(components.password ?? "")"
        credentials = HeaderField("Authorization", "Basic \(Data(pair.utf8).base64EncodedString())")
    }
}

extension HeaderField {
    /// False if the name is not a token, or if the value has a line break or NUL. An imported delivery may have such
    /// headers, and a receiver would read them as several headers.
    var isOneLine: Bool {
        name.isToken && !value.utf8.contains { $0 == 0x0d || $0 == 0x0a || $0 == 0 }
    }
}
