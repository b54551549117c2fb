internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

/// Findings about the secrets of each source and the address of the server.
enum SourceFindings {
    static func findings(_ configuration: CallboxConfiguration, environment: [String: String]) -> [Finding] {
        configuration.sources.map { finding($0, environment) }
            + configuration.exposedFiles.map { file in
                .warning(file.content.rawValue, "\(file.path) \(file.problem)", advice: file.advice)
            } + configuration.secretNotes(environment).map { .fine("secret", $0) } + [listening(configuration.listen)]
    }

    private static func finding(_ settings: SourceSettings, _ environment: [String: String]) -> Finding {
        let topic = "source"
        let name = "\(settings.name) at \(settings.path)"
        let source: Source?
        do throws(ConfigurationError) {
            source = try settings.source(environment: environment)
        } catch {
            return .problem(topic, error.message, advice: error.advice)
        }
        switch source?.originPolicy {
        case .required(let secrets, _)?:
            return .fine(topic, "\(name): \(HumanText.count(secrets.count, "secret"))")
        case .unchecked? where settings.provider.secretPurposes.isEmpty:
            return .fine(topic, "\(name): the provider does not sign deliveries")
        case .unchecked?:
            return .warning(
                topic, "\(name): accepts all deliveries (verify: none)",
                advice: "Add a secret. Without a secret, anyone who knows the URL can deliver.")
        case nil:
            return .fine(topic, "\(name): off, because its secret is not set in this shell")
        }
    }

    private static func listening(_ listen: ListenSetting) -> Finding {
        guard !listen.isLoopback else { return .fine("address", "\(listen), reachable from this machine only") }
        return .warning(
            "address", "\(listen) is reachable from other machines",
            advice: "Use a firewall, and use TLS here or in a proxy.")
    }
}
