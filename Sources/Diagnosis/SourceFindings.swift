internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

/// Whether each source has what proves its senders, and the address that all of them share.
enum SourceFindings {
    static func findings(_ configuration: CallboxConfiguration, environment: [String: String]) -> [Finding] {
        configuration.sources.flatMap { source in
            [finding(source, isOutside: !configuration.listen.isLoopback, environment)]
                + source.secrets.compactMap { modeFinding($0, source: source.name) }
        } + [listening(configuration.listen)]
    }

    private static func finding(
        _ settings: SourceSettings, isOutside: Bool, _ environment: [String: String]
    ) -> Finding {
        let topic = "source"
        let name = "\(settings.name) at \(settings.path)"
        let source: Source
        do throws(ConfigurationError) {
            source = try settings.source(reachableFromOutside: isOutside, environment: environment)
        } catch {
            return .problem(topic, "\(name): \(error.message)", advice: error.advice)
        }
        switch source.originPolicy {
        case .required(let secrets, _):
            return .fine(topic, "\(name): \(HumanText.count(secrets.count, "secret")) set")
        case .unchecked where settings.provider.secretPurposes.isEmpty:
            return .fine(topic, "\(name): its provider gives nothing to check a delivery with")
        case .unchecked where settings.isExplicitlyUnchecked:
            return .warning(
                topic, "\(name): takes everything unchecked, for 'verify: none' says so",
                advice: isOutside ? "Anybody who finds the address can deliver. Give it a secret." : nil)
        case .unchecked:
            return .warning(
                topic, "\(name): has no secret here, so it takes everything, marked 'unverified'",
                advice:
                    "Give it one under sources.\(settings.name).secrets, or set its variable where the server starts.")
        }
    }

    /// A secret's file that others can read.
    private static func modeFinding(_ secret: SecretReference, source: String) -> Finding? {
        guard case .file(let path) = secret.place, let mode = FileFacts(path)?.mode, mode & 0o077 != 0 else {
            return nil
        }
        return .warning(
            "secret", "\(path) of source \(source) has mode \(FileFacts.text(mode)): others can read it",
            advice: "chmod 600 \(path)")
    }

    private static func listening(_ listen: ListenSetting) -> Finding {
        guard !listen.isLoopback else { return .fine("address", "\(listen), which only this machine can reach") }
        return .warning(
            "address", "\(listen) can be reached from other machines, without TLS",
            advice: "Let a proxy with TLS stand before it, and a firewall between it and everybody else.")
    }
}
