internal import CallboxConfiguration
internal import Deliveries
internal import HTTPListener
internal import TerminalOutput

/// Findings about the TLS certificates and the proxies in front of the server.
enum ListenerFindings {
    static func findings(_ configuration: CallboxConfiguration, now: Timestamp) -> [Finding] {
        certificates(configuration, now: now) + [proxies(configuration)].compactMap { $0 }
    }

    /// The findings about the certificates that the server presents. CA certificates are not checked, because a file of
    /// CAs may contain expired certificates.
    private static func certificates(_ configuration: CallboxConfiguration, now: Timestamp) -> [Finding] {
        var settings = [("tls", configuration.tls)]
        // By default the listener for followers uses the same certificate.
        if configuration.replication.listen != nil, configuration.replication.tls != configuration.tls {
            settings.append(("replication.tls", configuration.replication.tls))
        }
        return settings.compactMap { key, tls in tls.map { certificate($0, of: key, now: now) } }
    }

    private static func certificate(_ settings: TLSSettings, of key: String, now: Timestamp) -> Finding {
        do throws(ListenError) {
            return certificate(settings.certificateFile, expiry: try settings.certificateExpiry(), now: now)
        } catch {
            return .problem("certificate", "\(error)", advice: "Correct '\(key)' or the file.")
        }
    }

    static func certificate(_ file: String, expiry: Timestamp, now: Timestamp) -> Finding {
        let days = CertificateLifetime.days(until: expiry, at: now)
        let advice = "Renew it; a running server reads the new file within 15 s."
        guard days >= 0 else {
            return .problem("certificate", "\(file) expired at \(expiry.rfc3339)", advice: advice)
        }
        let text = "\(file) is valid for \(HumanText.count(days, "day")), until \(expiry.rfc3339)"
        return days < CertificateLifetime.warningDays
            ? .warning("certificate", text, advice: advice) : .fine("certificate", text)
    }

    /// The finding about proxies. Nil for a server that other machines can reach directly.
    static func proxies(_ configuration: CallboxConfiguration) -> Finding? {
        guard configuration.listen.isLoopback else { return nil }
        let count = configuration.trustedProxies.addresses.count
        return .fine(
            "proxies",
            count > 0
                ? HumanText.count(count, "trusted address", "trusted addresses")
                : "none trusted; behind a proxy, all clients appear to have the proxy's address; see 'trusted-proxies'")
    }
}
