package import Deliveries

/// A configured endpoint: a provider at a path, with secrets and routes.
package struct Source: Sendable {
    /// The name of the source in reports, filters and logs.
    package let name: String
    package let provider: any Provider
    /// The path, such as `/klavi`. The source handles requests to this path and to paths below it.
    package let path: String
    package let originPolicy: OriginPolicy
    package let senderPolicy: SenderPolicy
    package let routes: RouteTable
    package let redirects: RedirectPolicy
    /// The maximum body length in bytes. A request with a longer body gets 413.
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

    /// 32 MiB: twice the maximum size of the largest known report (klavi-reference: Reports).
    package static let defaultBodyByteCountLimit = 32 * 1024 * 1024
}

/// The rule for accepting deliveries by their origin.
package enum OriginPolicy: Sendable {
    /// A delivery is accepted only if one of these secrets verifies it.
    case required(secrets: [Secret], toleranceMilliseconds: Int64)
    /// All deliveries are accepted and marked `unverified`.
    case unchecked

    /// Five minutes in both directions, the usual tolerance of schemes that sign a time.
    package static let defaultToleranceMilliseconds: Int64 = 300_000
}

/// The sources of a configuration, found by path.
package struct SourceTable: Sendable {
    /// The sources, longest path first, so `/certn/legacy` takes precedence over `/certn`.
    package let sources: [Source]

    package init(_ sources: [Source]) {
        self.sources = sources.sorted { $0.path.utf8.count > $1.path.utf8.count }
    }

    /// The source whose path is `path` or a parent of `path`.
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
