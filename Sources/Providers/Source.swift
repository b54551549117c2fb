package import Deliveries

/// A configured endpoint: a provider at a path, with the secrets that prove it and the routes that file what it sends.
package struct Source: Sendable {
    /// What reports, filters and logs call it.
    package let name: String
    package let provider: any Provider
    /// `/klavi`: requests to it and to anything below it are this source's.
    package let path: String
    package let originPolicy: OriginPolicy
    package let senderPolicy: SenderPolicy
    package let routes: RouteTable
    package let redirects: RedirectPolicy
    /// Longest body in bytes; a longer one is answered 413.
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

/// Whether deliveries to a source are checked, and with what.
package enum OriginPolicy: Sendable {
    /// Only what one of these secrets proves gets in.
    case required(secrets: [Secret], toleranceMilliseconds: Int64)
    /// Everything gets in, marked `unverified`.
    case unchecked

    /// Five minutes in both directions, as signature schemes with a time commonly allow.
    package static let defaultToleranceMilliseconds: Int64 = 300_000
}

/// The sources of a configuration, found by path.
package struct SourceTable: Sendable {
    /// Longest path first, so that `/certn/legacy` wins over `/certn`.
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

    /// The source with this name.
    package func source(named name: String) -> Source? {
        sources.first { $0.name.hasSameBytes(as: name) }
    }
}
