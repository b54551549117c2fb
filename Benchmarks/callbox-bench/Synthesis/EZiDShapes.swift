import Deliveries
import Foundation

/// Creates EZiD's browser redirects in the format of samples/ezid.
enum EZiDShapes {
    private static let claims = BodyTemplate(#"{"uuid":"{{uuid}}","iat":"#)
    private static let rest = BodyTemplate(
        "&callback_url=https%3A%2F%2Fapp.example.com%2Fwelcome&login_hint={{trackId}}%2Bezid%40example.com")

    /// Creates a request target whose code is a JSON Web Token (RFC 7519). The token has different claims for each
    /// delivery and no real signature.
    static func target(_ values: inout SlotValues, _ time: Timestamp) -> ByteText {
        var payload = ByteText(capacity: 128)
        claims.fill(&payload, &values)
        let seconds = time.millisecondsSinceEpoch / 1000
        payload.add(#"\#(seconds),"exp":\#(seconds + 3600)}"#)
        var signature = ByteText(capacity: 32)
        values.add(.token32, 0, to: &signature)
        var target = ByteText(capacity: 384)
        target.add("/ezid/auth?code=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.")
        target.add(
            Data(payload.bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: ""))
        target.add(".")
        target.add(signature.bytes)
        target.add("xk2qLm0aBcD")
        rest.fill(&target, &values)
        return target
    }
}
