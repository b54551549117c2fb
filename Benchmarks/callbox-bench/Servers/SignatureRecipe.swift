import Crypto
import Foundation

/// Implements the signatures as the providers' documentation describes them, and shares no code with the product. The
/// benchmark signs and checks only with this type.
enum SignatureRecipe: CaseIterable, Sendable {
    /// `X-Klavi-Signature`: HMAC-SHA256 of the body, in hexadecimal (docs.klavi.ai, Security).
    case klavi
    /// `Certn-Signature: t=TIME,v1=SIGNATURE`: HMAC-SHA256 of `TIME.BODY`, in hexadecimal (Certn, Webhooks).
    case certn
    /// `webhook-signature: v1,SIGNATURE`: HMAC-SHA256 of `ID.TIME.BODY`, in base64 (standardwebhooks.com).
    case standardWebhooks

    private static let keyOfStandardWebhooks = Array("standard-webhooks-key-of-32-byte".utf8)
    private static let toleranceSeconds = 300

    var source: String {
        switch self {
        case .klavi: "klavi"
        case .certn: "certn"
        case .standardWebhooks: "shop"
        }
    }

    /// The name of the environment variable for the secret, and the value as the provider shows it.
    private var secret: (variable: String, value: String) {
        switch self {
        case .klavi: ("CALLBOX_KLAVI_SECRET", DeliveryFactory.secret)
        case .certn: ("CALLBOX_CERTN_LEGACY_SECRET", "certn-benchmark-secret")
        case .standardWebhooks:
            ("CALLBOX_SHOP_SECRET", "whsec_" + Data(Self.keyOfStandardWebhooks).base64EncodedString())
        }
    }

    static var environment: [String: String] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0.secret.variable, $0.secret.value) })
    }

    /// A configuration that contains a source for each recipe.
    static let configuration = """
        sources:
          klavi: {secrets: [{name: primary, env: CALLBOX_KLAVI_SECRET}]}
          certn: {secrets: [{name: primary, env: CALLBOX_CERTN_LEGACY_SECRET, for: legacy}]}
          shop: {provider: standard-webhooks, secrets: [{name: primary, env: CALLBOX_SHOP_SECRET}]}

        """

    /// Returns the headers of a request with a signed body.
    func headers(id: String, seconds: Int, _ body: [UInt8]) -> [(name: String, value: String)] {
        switch self {
        case .klavi: [("X-Klavi-Signature", hex(body)), ("X-Klavi-Timestamp", "\(seconds)")]
        case .certn: [("Certn-Signature", "t=\(seconds),v1=\(hex(Array("\(seconds).".utf8) + body))")]
        case .standardWebhooks:
            [
                ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
                ("webhook-signature", "v1," + base64(Array("\(id).\(seconds).".utf8) + body)),
            ]
        }
    }

    /// Returns true if the request has a signature that a provider would create for this body.
    ///
    /// - Parameters:
    ///   - headers: the headers, with their names in lower case.
    ///   - now: the current Unix time in seconds. A signed time may differ from it by up to five minutes. Nil accepts
    ///     every time.
    static func isSigned(_ headers: [String: String], _ body: [UInt8], now: Int?) -> Bool {
        func isCurrent(_ seconds: String) -> Bool {
            guard let now else { return true }
            return Int(seconds).map { abs($0 - now) <= toleranceSeconds } ?? false
        }
        if let signature = headers["webhook-signature"], let id = headers["webhook-id"],
            let seconds = headers["webhook-timestamp"]
        {
            let own = SignatureRecipe.standardWebhooks.base64(Array("\(id).\(seconds).".utf8) + body)
            return isCurrent(seconds) && signature.split(separator: " ").contains { $0 == "v1," + own }
        }
        if let elements = headers["certn-signature"]?.split(separator: ",") {
            guard let seconds = elements.first(where: { $0.hasPrefix("t=") })?.dropFirst(2) else { return false }
            let own = SignatureRecipe.certn.hex(Array("\(seconds).".utf8) + body)
            return isCurrent(String(seconds)) && elements.contains { $0 == "v1=" + own }
        }
        return headers["x-klavi-signature"] == SignatureRecipe.klavi.hex(body)
    }

    private var key: SymmetricKey {
        self == .standardWebhooks
            ? SymmetricKey(data: Self.keyOfStandardWebhooks) : SymmetricKey(data: Array(secret.value.utf8))
    }

    private func hex(_ message: [UInt8]) -> String {
        var text = ByteText(capacity: 64)
        for byte in HMAC<SHA256>.authenticationCode(for: message, using: key) { text.addHex(UInt64(byte), count: 2) }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private func base64(_ message: [UInt8]) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: key)).base64EncodedString()
    }
}
