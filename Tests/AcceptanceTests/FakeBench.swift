import Foundation
import StrictJSON
import TestKit

/// Fake providers on a free port, and a Callbox configuration that uses them. No request leaves this machine.
final class FakeBench: Sendable {
    let bench: Workbench
    let sandbox: RunningServer
    let configuration: String

    /// The environment variables for the secrets that the configuration names, and for the API credentials.
    static let secrets = [
        "K": "klavi-test-secret", "CL": "certn-test-secret", "CC": "centric-test-secret",
        "CH": "certificall-api-secret",
        "CALLBOX_KLAVI_ACCESS_KEY": "sandbox-access-key", "CALLBOX_KLAVI_SECRET_KEY": "klavi-test-secret",
        "CALLBOX_CERTN_LEGACY_CLIENT_ID": "sandbox-client",
        "CALLBOX_CERTN_LEGACY_CLIENT_SECRET": "sandbox-client-secret",
        "CALLBOX_CERTN_CENTRIC_API_KEY": "sk_test_sandbox",
        "CALLBOX_EZID_CLIENT_ID": "ezid-sandbox-client", "CALLBOX_EZID_CLIENT_SECRET": "ezid-sandbox-secret",
        "CALLBOX_CERTIFICALL_USERNAME": "sandbox", "CALLBOX_CERTIFICALL_PASSWORD": "sandbox-password",
    ]

    /// - Parameters:
    ///   - more: additional sections of the configuration.
    ///   - apis: additional settings of an API, such as `["ezid": "follow-up: true"]`.
    ///   - apiPort: the port of the APIs in the configuration; nil for the sandbox's port.
    init(apis: [String: String] = [:], apiPort: Int? = nil, more: String = "") throws {
        let bench = try Workbench()
        let sandbox = try RunningServer("callbox-sandbox", ["serve", "--port", "0"], in: bench.folder)
        (self.bench, self.sandbox) = (bench, sandbox)
        configuration = try bench.file("callbox.yaml", Self.yaml(apis, port: apiPort ?? sandbox.port) + more)
    }

    /// Changes the configuration of servers that are started afterwards.
    func configure(apis: [String: String]) throws {
        _ = try bench.file("callbox.yaml", Self.yaml(apis, port: sandbox.port))
    }

    private static func yaml(_ apis: [String: String], port: Int) -> String {
        let base = "http://127.0.0.1:\(port)"
        let urls = [
            "klavi": "\(base)/data/v1", "certn-legacy": base, "certn-centric": base, "ezid": base,
            "certificall": "\(base)/certificall/api",
        ]
        let lines = urls.sorted { $0.key < $1.key }.map { name, url in
            let settings = apis[name] ?? ""
            let address = settings.contains("url:") ? "" : #"url: "\#(url)", "#
            return "  \(name): {\(address)\(settings)}"
        }
        return sources + "apis:\n" + lines.joined(separator: "\n") + "\n"
    }

    private static let sources = """
        sources:
          klavi:
            secrets: [{name: primary, env: K}]
          certn:
            secrets: [{name: legacy, env: CL, for: legacy}, {name: centric, env: CC, for: centric}]
          ezid:
            verify: none
          certificall:
            secrets: [{name: key, env: CH, for: hmac, identity: callbox-test-key}]

        """

    /// Starts Callbox on a given port, or on a free port.
    ///
    /// - Parameters:
    ///   - configuration: the configuration file; nil for the file that the commands use.
    ///   - archive: the archive; nil for the archive that the commands use.
    func serve(port: Int = 0, configuration: String? = nil, archive: String? = nil) throws -> RunningServer {
        try RunningServer(
            "callbox",
            [
                "serve", "--listen", "127.0.0.1:\(port)", "--config", configuration ?? self.configuration, "--archive",
                archive ?? bench.archive, "--log-level", "debug",
            ], environment: Self.secrets, in: bench.folder)
    }

    /// Registers Callbox's URL with fake providers. Waits until the sandbox has sent all deliveries and challenges.
    func register(_ providers: [String], with server: RunningServer) throws {
        for provider in providers {
            let path = ["certn-legacy": "certn", "certn-centric": "certn"][provider] ?? provider
            try succeed(sandbox("register", provider, "\(server.url)/\(path)"))
        }
        try idle()
    }

    func callbox(_ arguments: String..., environment: [String: String] = [:]) throws -> BuiltBinary.Result {
        try callbox(arguments, environment: environment)
    }

    func callbox(_ arguments: [String], environment: [String: String] = [:]) throws -> BuiltBinary.Result {
        try BuiltBinary.run(
            "callbox", arguments + ["--config", configuration, "--archive", bench.archive],
            environment: Self.secrets.merging(environment) { $1 }, in: bench.folder)
    }

    func sandbox(_ arguments: String...) throws -> BuiltBinary.Result {
        try BuiltBinary.run("callbox-sandbox", arguments + ["--sandbox", sandbox.url], in: bench.folder)
    }

    /// Runs `links create` and returns its output.
    func create(_ arguments: String...) throws -> JSONValue {
        let result = try callbox(["links", "create"] + arguments + ["--format", "json"])
        try succeed(result)
        return try JSONDocument(parsing: result.output).root
    }

    /// The reports that `list` finds.
    func reports(_ filters: String...) throws -> [JSONValue] {
        let result = try callbox(["list", "--all", "--format", "ndjson"] + filters)
        try succeed(result)
        return try result.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
    }

    /// Returns when the sandbox has no more deliveries to send.
    func idle() throws {
        let response = try call("POST", "/_sandbox/steps", body: #"{"idle":null}"#)
        guard response.status == 200 else { throw Unsuccessful(text: "idle: \(response.status)") }
    }

    /// The number of calls and page views of a fake provider.
    func callCount(_ provider: String) throws -> Int {
        let status = try JSONDocument(parsing: try call("GET", "/_sandbox/status").body).root
        return status["calls"]?[provider].flatMap { Int($0.rawText) } ?? 0
    }

    /// Calls a fake API directly, without Callbox.
    func call(
        _ method: String, _ target: String, headers: [String] = [], body: String = ""
    ) throws -> LoopbackHTTP.Response {
        let lines =
            ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1", "Content-Length: \(body.utf8.count)"] + headers
        let connection = try LoopbackHTTP(port: sandbox.port)
        try connection.sendBytes(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
        return try connection.readResponse()
    }

    /// Calls a fake API directly, with a JSON request and a JSON response.
    func callJSON(
        _ method: String, _ target: String, headers: [String] = [], body: String = ""
    ) throws -> (status: Int, json: JSONValue) {
        let response = try call(method, target, headers: headers + ["Content-Type: application/json"], body: body)
        return (response.status, try JSONDocument(parsing: response.body).root)
    }
}

/// The failure of a command that should have succeeded.
struct Unsuccessful: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

func succeed(_ result: BuiltBinary.Result) throws {
    guard result.status == 0 else {
        throw Unsuccessful(text: "exit status \(result.status): \(result.text)\(result.error)")
    }
}
