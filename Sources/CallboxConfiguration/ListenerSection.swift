internal import Deliveries
internal import HTTPListener
internal import Yams

/// Reads `limits`, `trusted-proxies` and `tls` of the configuration file.
enum ListenerSection {
    private typealias Key<Value> = (name: String, path: any WritableKeyPath<ListenerLimits, Value> & Sendable)

    private static let durations: [Key<Duration>] = [
        ("handshake-timeout", \.handshakeTimeout), ("header-timeout", \.headerTimeout),
        ("request-deadline", \.requestDeadline), ("body-rate-grace", \.bodyRateGrace),
        ("response-timeout", \.responseTimeout), ("send-timeout", \.sendTimeout), ("idle-timeout", \.idleTimeout),
        ("linger-time", \.lingerTime),
    ]
    private static let byteCounts: [Key<Int>] = [
        ("header-bytes", \.headerByteCount), ("header-line-bytes", \.headerFieldByteCount),
        ("target-bytes", \.targetByteCount), ("body-rate", \.bodyByteRate),
        ("buffered-bodies", \.bufferedBodyByteCount), ("pending-output", \.pendingOutputByteCount),
        ("linger-bytes", \.lingerByteCount),
    ]
    private static let counts: [Key<Int>] = [
        ("header-lines", \.headerFieldCount), ("requests-per-connection", \.requestsPerConnection),
        ("connections", \.connectionCount), ("connections-per-address", \.connectionsPerAddress),
        ("reserved-connections", \.reservedConnectionCount), ("proved-addresses", \.provedAddressCount),
    ]

    /// - Parameter grace: receives the value of `shutdown-grace`, which is a limit of the server, not of the listener.
    static func readLimits(_ section: YAMLMapping, into limits: inout ListenerLimits, grace: inout Duration) {
        section.rejectUnknownKeys(
            durations.map(\.name) + byteCounts.map(\.name) + counts.map(\.name) + ["shutdown-grace"])
        func duration(_ key: String) -> Duration? {
            section.duration(key, "a duration such as 30s", in: .milliseconds(1) ... .seconds(1 << 40))
        }
        for (name, path) in durations { limits[keyPath: path] = duration(name) ?? limits[keyPath: path] }
        for (name, path) in byteCounts {
            limits[keyPath: path] =
                section.value(name, "a size such as 64KiB") { Quantity.byteCount($0).flatMap { $0 > 0 ? $0 : nil } }
                ?? limits[keyPath: path]
        }
        for (name, path) in counts {
            limits[keyPath: path] = section.count(name, in: 1...1_000_000) ?? limits[keyPath: path]
        }
        if limits.targetByteCount > limits.headerFieldByteCount {
            section.reject("target-bytes", "is larger than 'header-line-bytes'")
        }
        grace = duration("shutdown-grace") ?? grace
    }

    /// The text of each limit, as written in a configuration file.
    static func texts(_ limits: ListenerLimits) -> [(name: String, text: String)] {
        durations.map { ($0.name, Quantity.text(limits[keyPath: $0.path])) }
            + byteCounts.map { ($0.name, Quantity.text(byteCount: limits[keyPath: $0.path])) }
            + counts.map { ($0.name, "\(limits[keyPath: $0.path])") }
    }

    static func proxies(_ section: YAMLMapping) -> TrustedProxies {
        section.rejectUnknownKeys(["addresses", "header"])
        var proxies = TrustedProxies(section.addressRanges("addresses"))
        proxies.announcement =
            section.value("header", "one of X-Forwarded-For, Forwarded, proxy-protocol") {
                TrustedProxies.Announcement(rawValue: $0.lowercased())
            } ?? proxies.announcement
        return proxies
    }

    static func tls(_ section: YAMLMapping) -> TLSSettings? {
        section.rejectUnknownKeys(["certificate", "key", "client-ca", "client-certificate"])
        func path(_ key: String) -> String? {
            section.text(key).map { ConfigurationFile.resolve($0, besides: section.file) }
        }
        let authorities = path("client-ca")
        let clients: TLSSettings.ClientCertificates? = section.choice(
            "client-certificate", ["required": .required, "optional": .optional])
        if clients != nil, authorities == nil {
            section.reject(
                "client-certificate", "needs 'client-ca', the file with the CAs that sign client certificates")
        }
        guard let certificate = path("certificate"), let key = path("key") else {
            section.reject("needs 'certificate' and 'key', files in PEM format")
            return nil
        }
        var settings = TLSSettings(certificateFile: certificate, keyFile: key, clientAuthorityFile: authorities)
        settings.clientCertificates = clients ?? settings.clientCertificates
        return settings
    }
}

extension YAMLMapping {
    /// A list of addresses and ranges. Empty if the key is missing or has no value.
    func addressRanges(_ key: String) -> [AddressRange] {
        list(key).compactMap { node in
            let range = node.string.flatMap(AddressRange.init)
            if range == nil {
                reject(key, "has '\(node.string ?? "")', which is not an address such as 18.230.43.17 or 10.0.0.0/8")
            }
            return range
        }
    }
}
