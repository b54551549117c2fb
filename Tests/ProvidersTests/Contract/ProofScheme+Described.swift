import Crypto
import Deliveries
import Foundation
import Providers

extension ProofScheme {
    /// The schemes of providers that are described in a configuration.
    static let described = [standardWebhooks, svix, genericSHA512, genericElements]

    static let standardWebhooks = ProofScheme(
        "standard-webhooks", GenericProvider(.standardWebhooks), headerName: "webhook-signature", purpose: .signature,
        companions: [HeaderField("webhook-id", "msg_1"), HeaderField("webhook-timestamp", "1700000000")],
        acceptsBase64: true, acceptsHex: false, isList: true,
        secretText: { "whsec_" + Data($0.utf8).base64EncodedString() }
    ) { body, key, written in
        "v1," + written(TestCode.hmac(key: key, Array("msg_1.1700000000.".utf8) + body))
    }

    static let svix = ProofScheme(
        "svix", GenericProvider(.standardWebhooks), headerName: "svix-signature", purpose: .signature,
        companions: [HeaderField("Svix-Id", "msg_1"), HeaderField("svix-timestamp", "1700000000")],
        acceptsBase64: true, acceptsHex: false, isList: true, secretText: standardWebhooks.secretText,
        headerValue: standardWebhooks.headerValue)

    /// SHA-512 in base64. The time is in a separate header.
    static let genericSHA512: ProofScheme = {
        var scheme = HMACScheme(header: "X-Hub-Signature")
        scheme.algorithm = .sha512
        scheme.encoding = .base64
        scheme.timestampHeader = "X-Hub-Time"
        scheme.signed = [.timestamp, .text("."), .body]
        return ProofScheme(
            "generic SHA-512", GenericProvider(scheme), headerName: "X-Hub-Signature", purpose: .signature,
            companions: [HeaderField("X-Hub-Time", "1700000000")], acceptsBase64: true, acceptsHex: false,
            byteCount: 64
        ) { body, key, written in
            let message = Array("1700000000.".utf8) + body
            return written(
                Array(HMAC<SHA512>.authenticationCode(for: message, using: SymmetricKey(data: Array(key.utf8)))))
        }
    }()

    /// A scheme whose header elements have other names, and whose signed text has an identifier and text after the
    /// body.
    static let genericElements: ProofScheme = {
        var scheme = HMACScheme(header: "X-Proof")
        scheme.layout = .elements(time: "when", signature: "sig")
        scheme.idHeader = "X-Event-Id"
        scheme.signed = [.id, .text(":"), .body, .text("@"), .timestamp]
        return ProofScheme(
            "generic elements", GenericProvider(scheme), headerName: "X-Proof", purpose: .signature,
            companions: [HeaderField("X-Event-Id", "evt-1")]
        ) { body, key, written in
            let message = Array("evt-1:".utf8) + body + Array("@1700000000".utf8)
            return "when=1700000000,sig=" + written(TestCode.hmac(key: key, message))
        }
    }()
}
