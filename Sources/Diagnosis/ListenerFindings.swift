internal import CallboxConfiguration
internal import Deliveries
internal import HTTPListener
internal import TerminalOutput

/// Findings about the TLS certificate and the proxies in front of the server.
enum ListenerFindings {
    static func findings(_ configuration: CallboxConfiguration, now: Timestamp) -> [Finding] {
        [configuration.tls.map { certificate($0, now: now) }, proxies(configuration)].compactMap { $0 }
    }

    private static func certificate(_ settings: TLSSettings, now: Timestamp) -> Finding {
        do throws(ListenError) {
            return certificate(settings.certificateFile, expiry: try settings.certificateExpiry(), now: now)
        } catch {
            return .problem("certificate", "\(error)", advice: "Correct 'tls' or the file.")
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

    /// Nil for a server that other machines can reach directly.
    static func proxies(_ configuration: CallboxConfiguration) -> Finding? {
        guard configuration.listen.isLoopback else { return nil }
        let count = configuration.trustedProxies.addresses.count
        return .fine(
            "proxies",
            count > 0
                ? HumanText.count(count, "trusted address", "trusted addresses")
                : "none trusted; behind a proxy every client would have the proxy's address: see 'trusted-proxies'")
    }
}
