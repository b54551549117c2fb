import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("callbox-sandbox", .offPool)
struct CommandTests {
    private static func run(_ arguments: String...) async -> (status: Int32, lines: [String], errors: String) {
        await run(arguments)
    }

    private static func run(_ arguments: [String]) async -> (status: Int32, lines: [String], errors: String) {
        let output = RecordedOutput()
        let status = await SandboxCommand.run(arguments, on: output.console())
        return (status, output.text.split(separator: "\n").map(String.init), output.errorText)
    }

    @Test(
        "help and version are written to standard output",
        arguments: [
            (["--version"], "0.1.0"), (["send", "--help"], "callbox-sandbox send klavi/consent-events"),
            (["receive", "--help"], "receive --count 1 --out body.json --timeout 30"), (["--help"], "64  usage error"),
            ([], "receive"),
        ])
    func help(arguments: [String], text: String) async {
        let result = await Self.run(arguments)
        #expect(result.status == 0)
        #expect(result.lines.joined(separator: "\n").contains(text))
        #expect(result.errors.isEmpty)
    }

    @Test(
        "an invalid command line has exit status 64",
        arguments: [
            ["sned"], ["send"], ["send", "--to", "h:1"], ["send", "--to", "http://u@h"],
            ["receive", "--port", "65536"],
            ["receive", "--count", "0"], ["receive", "--status", "199"], ["receive", "--timeout", "0"],
            ["receive", "--timeout", "nan"], ["receive", "extra"], ["serve", "--port", "-1"],
            ["serve", "--seed", "-1"],
            ["serve", "--deliver-to", "h"], ["run"], ["run", "a.yaml"], ["run", "a.yaml", "--deliver-to", "h"],
            ["trigger"], ["trigger", "klavi"], ["trigger", "klavi."], ["trigger", "a.b", "--count", "0"],
            ["trigger", "a.b", "--count", "100001"], ["trigger", "a.b", "--size", "2GB"],
            ["trigger", "a.b", "--fault", "x"], ["trigger", "a.b", "--external", "x"],
            ["trigger", "a.b", "--external", "=x"], ["fault"],
            ["fault", "drop", "--clear"], ["fault", "x"], ["fault", "drop", "--count", "0"], ["advance"],
            ["advance", "31"], ["register", "klavi"], ["ledger", "x"], ["ledger", "--after", "x"],
        ])
    func usage(arguments: [String]) async {
        let result = await Self.run(arguments)
        #expect(result.status == 64)
        #expect(result.lines.isEmpty && !result.errors.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("callbox-sandbox: ") })
        #expect(lines.first?.dropFirst("callbox-sandbox: ".count).first?.isUppercase == false)
        #expect(lines.last?.contains(#/: Run 'callbox-sandbox( [a-z]+)? --help'\.$/#) == true)
    }

    @Test("send signs each sample again, prints a line for each sample and a summary, and hides queries")
    func send() async throws {
        try await Customer.responding { customer in
            let base = customer.url.replacing("/hook", with: "")
            let names = ["klavi/consent-events", "certn/centric-challenge"]
            let result = await Self.run(["send"] + names + ["--to", base, "--samples", ProjectFolder.samples.path()])
            #expect(
                result.lines == [
                    "klavi/consent-events     POST /klavi  1684 B  200  {}",
                    "certn/centric-challenge  GET /certn  0 B  200  {}",
                    "2 cases sent to \(base): 2 as expected",
                ])
            #expect(result.status == 0 && result.errors.isEmpty)
            let request = try #require(customer.notes.requests.first)
            #expect(request.body.count == 1684)
            let signature = Signature.hex(request.body, "klavi-test-secret")
            #expect(request.headers.values(named: "X-Klavi-Signature") == [signature])
            #expect(request.headers.values(named: "Host") == [String(base.dropFirst(7))])
        }
    }

    @Test("an unexpected response status causes exit status 1, and wrong signatures are expected to be rejected")
    func mismatch() async throws {
        let samples = ["--samples", ProjectFolder.samples.path()]
        try await Customer.responding([401]) { customer in
            let name = "klavi/consent-events"
            let result = await Self.run(["send", name, "ezid/redirect-to-app", "--to", customer.url] + samples)
            #expect(result.status == 1)
            #expect(result.lines.contains("MISMATCH: klavi/consent-events expected status 200"))
            #expect(result.lines.contains("MISMATCH: ezid/redirect-to-app expected status 303"))
            #expect(result.lines.last?.hasSuffix(": 0 as expected, 2 not") == true)
            #expect(!result.lines.contains { $0.contains("code=") })
            let wrong = ["send", name, "certificall/bearer-certificate", "--wrong-signature", "--to", customer.url]
            #expect(await Self.run(wrong + samples).status == 0)
        }
    }

    @Test("a missing file and an unreachable server each have their own exit status")
    func failures() async throws {
        let folder = try TemporaryFolder()
        let samples = ProjectFolder.samples.path()
        let closed = "http://127.0.0.1:\(try await closedPort())"
        let noCase = await Self.run("send", "klavi/\u{1b}[2J", "--to", closed, "--samples", samples)
        #expect(noCase.status == 66)
        #expect(!noCase.errors.contains("\u{1b}"))
        #expect(await Self.run("send", "--to", closed, "--samples", folder.path).status == 66)
        #expect(await Self.run("send", "--to", closed, "--samples", samples, "--secrets", folder.path).status == 66)
        #expect(await Self.run("run", folder.path(of: "a.yaml"), "--deliver-to", closed).status == 66)
        let unreachable = await Self.run("send", "--to", closed, "--samples", samples)
        #expect(unreachable.status == 69)
        #expect(unreachable.errors.hasPrefix("callbox-sandbox: cannot reach \(closed): connection refused"))
        for command in [
            ["ledger"], ["advance", "1s"], ["fault", "drop"], ["trigger", "a.b"], ["register", "a", closed],
        ] {
            let result = await Self.run(command + ["--sandbox", closed])
            #expect(result.status == 69 && result.errors.contains("start one with 'callbox-sandbox serve'"))
        }
        let listener = try await SandboxListener.listen(port: 0) { _ in Response(status: 200, body: [0x3c]) }
        #expect(await Self.run("receive", "--port", "\(listener.port)").status == 69)
        #expect(await Self.run("ledger", "--sandbox", listener.url).errors.contains("no JSON response"))
        await listener.stop()
        #expect(await Self.run("receive", "--out", folder.path).status == 73)
        #expect(await Self.run("receive", "--count", "1", "--timeout", "0.01").status == 1)
        #expect(await Self.run("receive", "--timeout", "0.01").status == 0)
    }

    @Test("the commands control a running sandbox")
    func control() async throws {
        let (sandbox, listener) = try await Sandbox.listen(port: 0, seed: 1)
        let address = ["--sandbox", listener.url]
        #expect(await Self.run(["advance", "31m"] + address).lines.first?.hasPrefix("it is 20") == true)
        #expect(
            await Self.run(["fault", "duplicate", "--on", "klavi.*", "--count", "1"] + address).lines
                == ["duplicate on klavi.*: the next 1"])
        #expect(await Self.run(["fault", "--clear"] + address).lines == ["no faults"])
        #expect(await Self.run(["ledger", "--idle"] + address).lines == ["nothing was sent"])
        #expect(await Self.run(["register", "nobody", "http://127.0.0.1:9/"] + address).status == 1)
        try await Customer.responding([200, 500]) { customer in
            let trigger = [
                "trigger", "certn-legacy.applicant", "--to", "\(customer.url)?token=t0p", "--external", "a=b=c",
            ]
            let sent = await Self.run(trigger + ["--wait"] + address)
            #expect(sent.status == 0)
            #expect(sent.lines.first?.hasPrefix("NO  WHAT                    TRY  SIZE    ANSWER  MS") == true)
            #expect(sent.lines.count == 2 && !sent.lines[1].contains("t0p"))
            #expect(JSON(parsing: customer.notes.requests[0].body)?["tag"] == "a=b=c")
            let failed = ["trigger", "ezid.redirect", "--to", customer.url, "--fault", "duplicate", "--wait"]
            #expect(await Self.run(failed + address).status == 1)
            #expect(await Self.run(["ledger", "--json", "--after", "2"] + address).lines.count == 1)
        }
        await listener.stop()
        await sandbox.stop()
    }

    @Test("receive shows requests, keeps the last body and responds to each request")
    func receive() async throws {
        let folder = try TemporaryFolder()
        let output = RecordedOutput()
        let path = folder.path(of: "body")
        let receiver = Receiver(status: 202, count: 2, file: path, console: output.console())
        let listener = try await SandboxListener.listen(port: 0) { await receiver.response(to: $0) }
        let large = Array(repeating: UInt8(ascii: "x"), count: 2500)
        for body in [Array("o\u{1b}ne".utf8), large] {
            let response = try await HTTPSender.send("POST", "\(listener.url)/x?token=1", body: body)
            #expect(response.status == 202)
        }
        for await _ in receiver.end { break }
        await listener.stop()
        #expect(await receiver.receivedCount == 2)
        #expect(output.text.contains("--- request 1\nPOST /x?token=1 HTTP/1.1\n"))
        #expect(output.text.contains("\nbody: 4 bytes, sha256 "))
        #expect(output.text.contains(#"o\u{1b}ne"#))
        #expect(output.text.hasSuffix("\n… and 500 more bytes\n"))
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(large))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }
}
