internal import CallboxConfiguration
internal import Foundation
internal import ProviderClients
internal import TerminalOutput

/// Clients for the providers' APIs, made of the configuration: addresses, credentials, where tokens are kept, how fast.
struct ProviderAccess: Sendable {
    private let apis: [ProviderAPI: APISettings]
    private let overridden: Set<ProviderAPI>
    private let environment: [String: String]
    private let transport: ProviderTransport
    /// For the APIs without a token file: one login serves every client that is made here.
    private let memory = MemoryTokenStore()
    private let limits: [ProviderAPI: RateLimit] = [
        .certnLegacy: RateLimit(callsPerMinute: CertnLegacyClient.callsPerMinute),
        .certnCentric: RateLimit(callsPerMinute: CertnCentricClient.callsPerMinute),
        // EZiD names none. Anybody can bring a code, and each costs a call.
        .ezid: RateLimit(callsPerMinute: 60),
    ]

    init(
        _ configuration: CallboxConfiguration, environment: [String: String] = ProcessInfo.processInfo.environment,
        transport: ProviderTransport = .network()
    ) {
        self.apis = configuration.apis
        self.overridden = configuration.overriddenAPIs
        self.environment = environment
        self.transport = transport
    }

    func settings(_ api: ProviderAPI) -> APISettings {
        apis[api] ?? APISettings(api)
    }

    /// The address of an API: a flag goes before `CALLBOX_…_URL`, that before the configuration.
    func url(_ api: ProviderAPI) -> String {
        if overridden.contains(api) { return settings(api).url }
        return environment.setting(api.environmentName("url")) ?? settings(api).url
    }

    func klavi() throws(CommandFailure) -> KlaviClient {
        let credentials = KlaviCredentials(
            accessKey: try credential(.klavi, "access-key"), secretKey: try credential(.klavi, "secret-key"))
        return try provider { () throws(ProviderCallFailure) in
            try KlaviClient(
                root: try APIRoot(url(.klavi)), credentials: credentials, calls: calls(.klavi), tokens: store(.klavi))
        }
    }

    func certnLegacy() throws(CommandFailure) -> CertnLegacyClient {
        let credentials = try clientCredentials(.certnLegacy)
        return try provider { () throws(ProviderCallFailure) in
            try CertnLegacyClient(
                root: try APIRoot(url(.certnLegacy)), credentials: credentials, calls: calls(.certnLegacy),
                tokens: store(.certnLegacy))
        }
    }

    func certnCentric() throws(CommandFailure) -> CertnCentricClient {
        let key = try credential(.certnCentric, "api-key")
        return try provider { () throws(ProviderCallFailure) in
            try CertnCentricClient(
                root: try APIRoot(url(.certnCentric)), apiKey: key, calls: calls(.certnCentric))
        }
    }

    func ezid() throws(CommandFailure) -> EZiDClient {
        let credentials = try clientCredentials(.ezid)
        return try provider { () throws(ProviderCallFailure) in
            try EZiDClient(root: try APIRoot(url(.ezid)), credentials: credentials, calls: calls(.ezid))
        }
    }

    /// What checks EZiD's tokens; nil where no public key is configured.
    func ezidVerifier() async throws(CommandFailure) -> EZiDTokenVerifier? {
        guard let place = settings(.ezid).publicKey else { return nil }
        let pem = try text(at: place, for: "the public key of ezid")
        let clientID = try credential(.ezid, "client-id").text
        do throws(ProviderCallFailure) {
            return try await EZiDTokenVerifier(publicKeyPEM: pem, clientID: clientID)
        } catch {
            throw CommandFailure(error)
        }
    }

    func certificall() throws(CommandFailure) -> CertilinkClient {
        let credentials = CertificallCredentials(
            username: try credential(.certificall, "username").text,
            password: try credential(.certificall, "password"))
        let second =
            environment.setting(ProviderAPI.certificall.environmentName("certilink-url"))
            ?? settings(.certificall).certilinkURL
        return try provider { () throws(ProviderCallFailure) in
            var certilinkRoot: APIRoot?
            if let second { certilinkRoot = try APIRoot(second) }
            return try CertilinkClient(
                root: try APIRoot(url(.certificall)), certilinkRoot: certilinkRoot, credentials: credentials,
                calls: calls(.certificall), tokens: store(.certificall))
        }
    }

    private func calls(_ api: ProviderAPI) -> ProviderCalls {
        ProviderCalls(transport: transport, rateLimit: limits[api])
    }

    private func store(_ api: ProviderAPI) -> any TokenStore {
        settings(api).tokenFile.map { TokenFile(path: $0) } ?? memory
    }

    private func clientCredentials(_ api: ProviderAPI) throws(CommandFailure) -> ClientCredentials {
        ClientCredentials(
            clientID: try credential(api, "client-id").text, clientSecret: try credential(api, "client-secret"))
    }

    private func credential(_ api: ProviderAPI, _ name: String) throws(CommandFailure) -> Credential {
        let place = settings(api).credentials[name] ?? .environment(api.environmentName(name))
        return Credential(try text(at: place, for: "the \(name) of \(api.rawValue)"))
    }

    private func text(at place: SecretReference.Place, for what: String) throws(CommandFailure) -> String {
        switch place {
        case .environment(let variable):
            guard let value = environment.setting(variable) else {
                throw CommandFailure(
                    .configuration, "\(what) is not known: the environment variable \(variable) is not set",
                    advice: "Set it, or name a file under 'apis' in the configuration.")
            }
            return value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
                throw CommandFailure(
                    .configuration, "\(what) is not known: the file \(path) cannot be read, or is empty",
                    advice: "Check the path and its permissions.")
            }
            let text = String(decoding: data, as: UTF8.self)
            return text.hasSuffix("\n") && !text.contains("-----BEGIN") ? String(text.dropLast()) : text
        }
    }

    private func provider<Value>(_ work: () throws(ProviderCallFailure) -> Value) throws(CommandFailure) -> Value {
        do throws(ProviderCallFailure) {
            return try work()
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    /// What a call's failure means at a terminal: the provider's own words, and what to do.
    init(_ failure: ProviderCallFailure) {
        switch failure {
        case .rejected(let rejection):
            let words = rejection.words.map { TerminalText.escape($0) }.joined(separator: "; ")
            let code = rejection.code.map { ", code \(TerminalText.escape($0))" } ?? ""
            self.init(
                .negative, "the provider rejected (\(rejection.status)\(code))" + (words.isEmpty ? "" : ": \(words)"),
                advice: rejection.advice)
        case .unreachable: self.init(.unavailable, TerminalText.escape(failure.description))
        case .unexpectedResponse: self.init(.damagedData, TerminalText.escape(failure.description))
        case .badInput: self.init(.usage, TerminalText.escape(failure.description))
        case .cancelled: self.init(.tryAgain, failure.description)
        }
    }
}
