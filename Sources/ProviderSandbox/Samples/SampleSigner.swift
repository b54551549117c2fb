internal import Deliveries
internal import Foundation

/// Signs samples again. Changes only the values of the authentication headers; does not add, remove or move headers.
struct SampleSigner: Sendable {
    let secretFolder: String
    var isWrong = false

    func sign(_ sample: SampleRequest, now: Int64) throws -> (request: SampleRequest, isSigned: Bool) {
        var signed = sample
        let schemes: [(provider: String, header: String, secret: String, sign: (String) -> String)] = [
            ("klavi", Signature.klaviHeader, "klavi", { Signature.hex(sample.body, $0) }),
            (
                "certn", Signature.certnHeader, "certn-legacy",
                { Signature.certn(sample.body, $0, secondsSinceEpoch: now) }
            ),
            ("certn", Signature.centricHeader, "certn-centric", { Signature.hex(sample.body, $0) }),
        ]
        for scheme in schemes where sample.name.hasPrefix(scheme.provider + "/") {
            guard sample.headers.value(of: scheme.header) != nil else { continue }
            signed.headers.replaceValue(of: scheme.header, with: scheme.sign(try secret(scheme.secret)))
            signed.headers.replaceValue(of: Signature.klaviTimeHeader, with: String(now))
            return (signed, true)
        }
        guard sample.name.hasPrefix("certificall/"), let recorded = sample.headers.value(of: "Authorization") else {
            return (sample, false)
        }
        let value = try authorization(recorded, sample.body)
        signed.headers.replaceValue(of: "Authorization", with: value)
        return (signed, true)
    }

    /// The value of an `Authorization` header. An HMAC is computed again with the recorded API key and encoding. Bearer
    /// and Basic credentials stay as recorded, or become wrong on request.
    private func authorization(_ recorded: String, _ body: [UInt8]) throws -> String {
        let words = recorded.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "HMAC-SHA256":
            let parts = (words.last ?? "").split(separator: ":", maxSplits: 1).map(String.init)
            let isHex = parts.last?.wholeMatch(of: /[0-9a-fA-F]{64}/) != nil
            let secret = try secret("certificall-hmac")
            let signature = isHex ? Signature.hex(body, secret) : Signature.base64(body, secret)
            return "HMAC-SHA256 \(parts.first ?? ""):\(signature)"
        case "Bearer" where isWrong: return "Bearer \(ProofConditions.wrongSecret)"
        case "Basic" where isWrong:
            let decoded = Data(base64Encoded: words.last ?? "") ?? Data()
            let user = String(decoding: decoded.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
            return Signature.basic(user, ProofConditions.wrongSecret)
        default: return recorded
        }
    }

    private func secret(_ name: String) throws -> String {
        if isWrong { return ProofConditions.wrongSecret }
        let bytes = try SampleFolder.read("\(secretFolder)/\(name)", byteCountLimit: 64 * 1024)
        let secret = String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
        guard !secret.isEmpty else {
            throw SandboxFailure("the secret \(secretFolder)/\(name) is empty", .missingInput)
        }
        return secret
    }
}
