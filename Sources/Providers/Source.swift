package import Deliveries

/// A configured endpoint: a provider at a path, with its secrets and routes.
package struct Source: Sendable {
    /// Shown in reports, filters and logs.
    package let name: String
    package let provider: any Provider
    /// `/klavi`: the source handles requests to this path and below.
    package let path: String
    package let originPolicy: OriginPolicy
    package let senderPolicy: SenderPolicy
    package let routes: RouteTable
    package let redirects: RedirectPolicy
    /// Largest body in bytes; a larger one is rejected with 413.
    package let bodyByteCountLimit: Int

    package init(
        name: String, provider: any Provider, path: String, originPolicy: OriginPolicy,
        senderPolicy: SenderPolicy = .anywhere, routes: RouteTable = .empty, redirects: RedirectPolicy = .none,
        bodyByteCountLimit: Int = Source.defaultBodyByteCountLimit
    ) {
        self.name = name
        self.provider = provider
        self.path = path
        self.originPolicy = originPolicy
        self.senderPolicy = senderPolicy
        self.routes = routes
        self.redirects = redirects
        self.bodyByteCountLimit = bodyByteCountLimit
    }

    /// 32 MiB: twice what the largest known report could be (klavi-reference: Reports).
    package static let defaultBodyByteCountLimit = 32 * 1024 * 1024
}

/// How the origin of deliveries is checked.
package enum OriginPolicy: Sendable {
    /// A delivery is accepted if one of these secrets verifies it.
    case required(secrets: [Secret], toleranceMilliseconds: Int64)
    /// Every delivery is accepted and marked `unverified`.
    case unchecked

    /// Five minutes in both directions, as signature schemes with a time commonly allow.
    package static let defaultToleranceMilliseconds: Int64 = 300_000
}

/// The sources of a configuration, found by path.
package struct SourceTable: Sendable {
    /// Longest path first, so `/certn/legacy` wins over `/certn`.
    package let sources: [Source]

    package init(_ sources: [Source]) {
        self.sources = sources.sorted { $0.path.utf8.count > $1.path.utf8.count }
    }

    /// The source at `path` or above it.
    package func source(at path: String) -> Source? {
        sources.first { source in
            guard path.utf8.starts(with: source.path.utf8) else { return false }
            guard let next = path.utf8.dropFirst(source.path.utf8.count).first else { return true }
            return next == UInt8(ascii: "/") || source.path.utf8.last == UInt8(ascii: "/")
        }
    }

    package func source(named name: String) -> Source? {
        sources.first { $0.name.hasSameBytes(as: name) }
    }
}
