import Foundation
import TestKit
import Testing

/// Runs the example configurations of nginx and Caddy in front of a server. The test creates the certificate.
@Suite("Behind a reverse proxy", .programs)
struct ReverseProxyTests {
    enum Proxy: String, CaseIterable, CustomTestStringConvertible {
        case nginx, caddy

        static let installed = allCases.filter { $0.program != nil }

        var testDescription: String { rawValue }

        var program: String? {
            ["/usr/sbin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + rawValue }
                .first { FileManager.default.isExecutableFile(atPath: $0) }
        }
    }

    /// A source that accepts deliveries from the client of the proxy, but not from the proxy itself.
    private static func configuration(_ secret: String) -> String {
        """
        sources:
          klavi:
            secrets: [{name: primary, file: \(secret)}]
            allow-from: [127.0.0.9]
        trusted-proxies: {addresses: [127.0.0.1], header: X-Forwarded-For}
        """
    }

    @Test(
        "a proxy passes on the exact bytes, the request target and the client's address",
        .enabled(if: !Proxy.installed.isEmpty, "neither nginx nor Caddy is installed"), arguments: Proxy.installed)
    func passes(proxy: Proxy) throws {
        let secret = ProjectFolder.samples.appending(path: "secrets/klavi").path()
        let bench = try Workbench(Self.configuration(secret))
        let server = try bench.serve()
        let front = try RunningProxy(proxy, for: server.port, in: bench.folder)
        defer { front.stop() }
        let body = try bench.file("body.json", #"{ "event":"x" ,"note":"é\u0041  kept" }"# + "\r\n")
        let signed = try BuiltBinary.run("callbox", ["sign", "klavi", "--secret-file", secret, "--body", body])
        let header = signed.text.trimmingCharacters(in: .newlines)

        func post(from address: String) throws -> String {
            try ChildProcess.run(
                URL(filePath: "/usr/bin/curl"),
                [
                    "--silent", "--show-error", "--cacert", front.certificate, "--interface", address,
                    "--data-binary", "@\(body)", "--header", header, "--header", "Content-Type: application/json",
                    "--header", "X-Forwarded-For: 127.0.0.9", "--path-as-is", "--write-out", "%{http_code}",
                    "--output", "/dev/null", "https://127.0.0.1:\(front.port)/klavi/a%2Fb?x=%7e&y=1",
                ]
            ).text
        }

        #expect(try post(from: "127.0.0.9") == "200")
        let kept = try bench.callbox("show", "1", "--body")
        #expect(kept.output == Array(try Data(contentsOf: URL(filePath: body))))
        #expect(try bench.callbox("show", "1").text.contains("/klavi/a%2Fb?x=%7e&y=1"))
        #expect(try post(from: "127.0.0.8") == "401", "the client cannot name an address of its choice")
        #expect(try server.stop() == 0)
    }
}

/// A proxy with the example configuration of the project, on a free port in front of a server.
private final class RunningProxy: Sendable {
    let port: Int
    private let identity: SelfSignedCertificate
    var certificate: String { identity.path }
    private let process: ChildProcess
    private let log: ReadText

    init(_ proxy: ReverseProxyTests.Proxy, for serverPort: Int, in folder: URL) throws {
        let port = try RawReceiver.freePort()
        let identity = try SelfSignedCertificate()
        let (certificate, key) = (identity.path, identity.key)
        let packaging = ProjectFolder.root.appending(path: "packaging")
        let path = folder.appending(path: "proxy.conf")
        let arguments: [String]
        let readyText: String
        switch proxy {
        case .nginx:
            let site = try String(contentsOf: packaging.appending(path: "nginx/callbox.conf"), encoding: .utf8)
                .replacing("127.0.0.1:8787", with: "127.0.0.1:\(serverPort)")
                .replacing("listen 443 ssl", with: "listen 127.0.0.1:\(port) ssl")
                .replacing("/etc/callbox/tls/fullchain.pem", with: certificate)
                .replacing("/etc/callbox/tls/privkey.pem", with: key)
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map { "\($0)_temp_path \(folder.path())/\($0);" }.joined(separator: " ")
            let whole = """
                daemon off; pid \(folder.path())/nginx.pid; error_log stderr notice;
                events {}
                http { access_log off; \(temporary)
                \(site) }
                """
            try Data(whole.utf8).write(to: path)
            arguments = ["-c", path.path(), "-p", folder.path(), "-e", "stderr"]
            readyText = "start worker process"
        case .caddy:
            let site = try String(contentsOf: packaging.appending(path: "caddy/Caddyfile"), encoding: .utf8)
                .replacing("127.0.0.1:8787", with: "127.0.0.1:\(serverPort)")
                .replacing(
                    "callbacks.example.com {", with: "https://127.0.0.1:\(port) {\n\ttls \(certificate) \(key)")
            try Data(("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site).utf8).write(to: path)
            arguments = ["run", "--adapter", "caddyfile", "--config", path.path()]
            readyText = "serving initial configuration"
        }
        let error = Pipe()
        process = try ChildProcess(
            URL(filePath: proxy.program ?? ""), arguments,
            environment: ["XDG_DATA_HOME": folder.path(), "XDG_CONFIG_HOME": folder.path(), "HOME": folder.path()],
            error: error)
        log = ReadText(error)
        self.port = port
        self.identity = identity
        try log.wait(for: "the start of \(proxy)", within: .seconds(30)) { $0.contains(readyText) }
    }

    func stop() {
        _ = try? process.end()
    }
}
