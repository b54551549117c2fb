import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Forwarding deliveries and generating code", .programs)
struct ForwardAcceptanceTests {
    @Test("a server forwards its deliveries, and rejects a forwarded delivery that returns to it")
    func forwards() throws {
        let bench = try Workbench()
        let receiver = try RunningServer("callbox-sandbox", ["receive", "--count", "2", "--timeout", "60"])
        let server = try RunningServer(
            "callbox",
            [
                "serve", "--listen", "127.0.0.1:0", "--config", bench.configuration, "--archive", bench.archive,
                "--forward-to", "\(receiver.url)/hook", "--sign",
            ], environment: ["XDG_STATE_HOME": bench.folder.path()])
        #expect(try deliver(["klavi/link-created-event", "klavi/checking-account-report"], to: server).status == 0)
        let seen = receiver.remainingOutput()
        #expect(try receiver.waitUntilExit() == 0)
        #expect(seen.components(separatedBy: "POST /hook HTTP/1.1").count == 3)
        let own = try bench.callbox(
            "tail", "--forward-to", "\(server.url)/klavi", "--sign", "--since", "1h", "--limit", "2", "--idle", "60s")
        #expect(own.status == 0, "\(own.error)")
        for line in own.lines {
            #expect(line.contains(#""event":"rejected""#) && line.contains(#""status":508"#))
        }
        #expect(own.lines.count == 2)
        let unmarked = try bench.callbox("replay", "1", "--to", "\(server.url)/klavi", "--sign", "--no-marks")
        #expect(unmarked.status == 0, "\(unmarked.error)")
        let failed = try bench.callbox(
            "replay", "--everything", "--failed", "--to", "\(receiver.url)/hook", "--dry-run")
        // A single delivery is shown in full, several deliveries as a table.
        #expect(
            failed.text.hasPrefix("POST \(receiver.url)/hook\n") && failed.text.contains("nothing was sent"),
            "\(failed.text)\(failed.error)")
        #expect(try server.stop() == 0)
    }

    @Test("a forbidden target is reported before any request is sent")
    func guards() throws {
        let bench = try Workbench(
            """
            sources:
              klavi:
                verify: none
            replay:
              production-hosts: ["127.0.0.1"]
            """)
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        let receiver = try RunningServer("callbox-sandbox", ["receive", "--count", "1", "--timeout", "60"])
        let arguments = ["replay", "1", "--to", receiver.url]
        let production = try bench.callbox(arguments)
        #expect(production.status == 64 && production.error.contains("127.0.0.1 is configured as a production host"))
        #expect(try bench.callbox(arguments + ["--yes"]).status == 0)
        #expect(try receiver.waitUntilExit() == 0)
        for host in ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]"] {
            let replayed = try bench.callbox("replay", "1", "--to", "http://\(host)/latest/meta-data/")
            #expect(replayed.status == 1 && replayed.error.contains("a link-local address"), "\(replayed.error)")
            let followed = try bench.callbox("tail", "--forward-to", "http://\(host)/")
            #expect(followed.status == 64 && followed.error.contains("a link-local address"), "\(followed.error)")
        }
        let insecure = try bench.callbox("replay", "1", "--to", "https://localhost:1/", "--insecure", "--dry-run")
        #expect(insecure.status == 0 && insecure.error.contains("warning: --insecure"))
        let noFile = try bench.callbox("replay", "1", "--to", "https://localhost:1/", "--cacert", "/absent.pem")
        #expect(noFile.status == 66 && noFile.error.contains("/absent.pem"))
    }

    @Test(
        "the generated code sends the same bytes as the delivery, even binary bytes and shell syntax",
        arguments: ["--curl", "--python"])
    func code(flag: String) throws {
        let bench = try Workbench("sources:\n  any:\n    provider: generic\n    verify: none\n")
        let server = try bench.serve()
        let hostile = #"@x 'y' $(touch /tmp/never) `id` "z" \n %s \#n €"#
        let bodies = [
            Array(hostile.utf8), (0...255).map { UInt8($0) }, Array("a\u{1b}[31m\r\n\u{202e}".utf8),
            [UInt8](repeating: 0x27, count: 200_000),
        ]
        // Commits all deliveries before the first access, because the record of an access also takes a position.
        for body in bodies {
            let headers = [
                "X-Type: t'\"$(id)", "X-Empty:", "X-Twice: 1", "x-twice: 2", "Content-Type: text/x-own", "Accept: a/b",
            ]
            #expect(try LoopbackHTTP(port: server.port).post("/any", headers: headers, body: body).status == 200)
        }
        for (position, body) in bodies.enumerated() {
            let out = bench.folder.appending(path: "body-\(position)").path()
            let receiver = try RunningServer(
                "callbox-sandbox", ["receive", "--count", "1", "--timeout", "60", "--out", out])
            let shown = try bench.callbox(
                "show", "\(position + 1)", flag, "--to", "\(receiver.url)/h?a=1&b='%20", "--reveal", "--reason", "test")
            #expect(shown.status == 0, "\(shown.error)")
            #expect(!shown.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
            let script = try bench.file("code-\(position)", shown.text)
            let program = Process()
            program.executableURL = URL(filePath: "/usr/bin/env")
            program.arguments = flag == "--curl" ? ["sh", script] : ["python3", script]
            program.standardOutput = FileHandle.nullDevice
            program.standardError = FileHandle.nullDevice
            try program.run()
            program.waitUntilExit()
            let seen = receiver.remainingOutput()
            #expect(try receiver.waitUntilExit() == 0)
            #expect(try Array(Data(contentsOf: URL(filePath: out))) == body)
            for line in ["X-Type: t'\"$(id)", "X-Twice: 1", "x-twice: 2", "Content-Type: text/x-own", "Accept: a/b"] {
                #expect(seen.contains(line), "\(line) is missing in \(seen)")
            }
            #expect(!seen.contains("curl/") && !seen.contains("x-www-form"))
        }
        #expect(!FileManager.default.fileExists(atPath: "/tmp/never"))
        let masked = try bench.callbox("show", "1", flag)
        #expect(masked.status == 0 && !masked.text.contains("--reveal"))
        let binary = try bench.callbox("show", "2", flag)
        #expect(binary.status == 1 && binary.error.contains("cannot be masked"))
    }
}
