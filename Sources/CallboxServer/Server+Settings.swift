package import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import HTTPListener
package import Logging
package import Providers
internal import SharedJournal
internal import Synchronization

/// Holds the listener of the sources once it is open. The admin listener opens earlier and reads this value.
final class OpenedListener: Sendable {
    private let value = Mutex<OpenListener?>(nil)

    var listener: OpenListener? {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

extension Server {
    /// Logs the limits in effect, the number of trusted proxies of a loopback listener, and the remaining validity of
    /// the certificate.
    func logSettings(_ listener: OpenListener) {
        var effective = configuration
        effective.limits.connectionCount = listener.connectionLimit
        logger.info("limits", metadata: ["values": "\(effective.limitTexts.joined(separator: ", "))"])
        if configuration.listen.isLoopback {
            let count = configuration.trustedProxies.addresses.count
            logger.info("listening on loopback", metadata: ["trusted-proxies": "\(count == 0 ? "none" : "\(count)")"])
        }
        guard let expiresAt = listener.certificateExpiresAt else { return }
        let days = CertificateLifetime.days(until: expiresAt, at: now())
        logger.log(
            level: days < CertificateLifetime.warningDays ? .warning : .info, "certificate",
            metadata: ["expiresAt": "\(expiresAt.rfc3339)", "days": "\(days)"])
    }

    /// Logs the version, the archive and the sources.
    package static func logStart(
        _ configuration: CallboxConfiguration, _ sources: SourceTable, version: String, _ logger: Logger
    ) {
        logger.info(
            "serving",
            metadata: [
                "version": "\(version)", "archive": "\(configuration.archivePath)",
                "configuration": "\(configuration.file ?? "defaults")",
            ])
        if let journal = configuration.journal {
            logger.info(
                "shared journal",
                metadata: [
                    "place": "\(journal.address.place)", "node": "\(journal.node)",
                    "level": "\(journal.level.rawValue)", "lanes": "\(journal.laneCount)",
                ])
        }
        for note in configuration.secretNotes(ProcessInfo.processInfo.environment) {
            logger.notice("secret", metadata: ["note": "\(note)"])
        }
        for file in configuration.exposedFiles {
            logger.warning(
                "other users have access to a file",
                metadata: ["file": "\(file.path)", "problem": "\(file.problem)", "advice": "\(file.advice)"])
        }
        if sources.sources.isEmpty && configuration.receives {
            logger.warning("no source is configured, so every request gets 404; see 'callbox config check'")
        }
        for source in sources.sources {
            switch source.originPolicy {
            case .required(let secrets, _):
                let names = secrets.map(\.name).joined(separator: ",")
                logger.info(
                    "source", metadata: ["name": "\(source.name)", "path": "\(source.path)", "secrets": "\(names)"])
            case .unchecked where source.provider.descriptor.sendsOnlyBrowsers:
                logger.info("source", metadata: ["name": "\(source.name)", "path": "\(source.path)", "secrets": "-"])
            case .unchecked:
                logger.warning(
                    "source accepts unverified deliveries",
                    metadata: ["name": "\(source.name)", "path": "\(source.path)"])
            }
        }
    }
}
