internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import TerminalOutput

struct SendCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send sample callbacks to a receiver, signed as their provider would sign them now.",
        discussion: """
            Each case is sent with its method, its target, its headers in order and its exact body. Only Host, \
            Content-Length and the signature headers get new values: X-Klavi-Signature with X-Klavi-Timestamp, \
            Certn-Signature, X-Signature and Certificall's HMAC. Bearer and Basic credentials are sent as recorded, \
            and so are browser redirects, which are not signed.

            A case is as expected if its response has the status in its expected.json. Redirects are not followed. \
            Each exchange times out after 10 seconds.

            EXAMPLES
              Send every case to a receiver on this machine:
                callbox-sandbox send --to http://127.0.0.1:8787
              Send one case:
                callbox-sandbox send klavi/consent-events --to http://127.0.0.1:8787
              Check that wrong secrets are rejected:
                callbox-sandbox send --wrong-signature --to http://127.0.0.1:8787
            """)

    @Argument(
        help: ArgumentHelp("A case, such as klavi/link-created-event. (default: all, by name)", valueName: "case"))
    var cases: [String] = []

    @Option(help: ArgumentHelp("URL of the receiver: http://host[:port][/prefix].", valueName: "url"))
    var to: String

    @Option(help: ArgumentHelp("The folder with the cases.", valueName: "folder"))
    var samples = "samples"

    @Option(
        help: ArgumentHelp(
            "The folder with the signing secrets. (default: secrets in the folder of --samples)", valueName: "folder"))
    var secrets: String?

    @Flag(help: "Sign with a wrong secret, token or password, and expect 401 for every signed case.")
    var wrongSignature = false

    func validate() throws {
        let parts = URLComponents(string: to)
        guard WebAddress.isHTTP(to), parts?.user == nil, parts?.query == nil, parts?.fragment == nil else {
            throw ValidationError("--to must be a URL such as http://127.0.0.1:8787.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let signer = SampleSigner(secretFolder: secrets ?? "\(samples)/secrets", isWrong: wrongSignature)
        let cases = try SampleFolder(path: samples).cases(named: cases)
        // Signs all requests before sending the first, because a missing file must fail before any request is sent.
        let now = Int64(Date().timeIntervalSince1970)
        let requests = try cases.map { try signer.sign($0, now: now) }
        let width = cases.map(\.name.count).max() ?? 0
        var unexpectedCount = 0
        for (sample, signed) in zip(cases, requests) {
            let (status, text) = try await send(signed.request)
            let name = sample.name.padding(toLength: width, withPad: " ", startingAt: 0)
            let line = "\(name)  \(sample.method) \(sample.path)  \(sample.body.count) B  \(text)"
            try console.print(TerminalText.escape(line))
            let expected = wrongSignature && signed.isSigned ? 401 : sample.expectedStatus
            guard status != expected else { continue }
            unexpectedCount += 1
            try console.print("MISMATCH: \(TerminalText.escape(sample.name)) expected status \(expected)")
        }
        let rest = unexpectedCount == 0 ? "" : ", \(unexpectedCount) not"
        try console.print(
            "\(cases.count) \(cases.count == 1 ? "case" : "cases") sent to \(to): "
                + "\(cases.count - unexpectedCount) as expected\(rest)")
        return unexpectedCount == 0 ? .success : .unexpected
    }

    private func send(_ request: SampleRequest) async throws -> (status: Int?, text: String) {
        let base = to.hasSuffix("/") ? String(to.dropLast()) : to
        do {
            let response = try await HTTPSender.send(
                request.method, base + request.target, headers: request.headers(for: base), body: request.body)
            let body = String(decoding: response.body, as: UTF8.self).trimmingCharacters(in: .newlines)
            return (response.status, "\(response.status)  \(body.prefix(60))")
        } catch {
            guard !error.isUnreachable else {
                throw SandboxFailure(
                    "cannot reach \(to): \(error.problem); start the receiver there, or use another --to",
                    .unavailable)
            }
            return (nil, "---  no response: \(error.problem)")
        }
    }
}
