internal import Deliveries

/// A file that a provider sent, byte for byte.
package struct DownloadedFile: Sendable, Equatable {
    /// As the provider calls it; nil where it does not say.
    package let contentType: String?
    package let bytes: [UInt8]

    /// Throws `unexpectedResponse` when the bytes do not begin as `type` does.
    init(_ response: ProviderResponse, _ type: Kind) throws(ProviderCallFailure) {
        guard response.body.starts(with: type.beginning) else {
            throw .unexpectedResponse("The file that came is no \(type.rawValue).")
        }
        contentType = response.headers.onlyValue(named: "Content-Type")
        bytes = response.body
    }

    /// What the calls of the providers download.
    enum Kind: String {
        case pdf = "PDF"
        case any = "file"

        var beginning: [UInt8] {
            switch self {
            case .pdf: Array("%PDF-".utf8)
            case .any: []
            }
        }
    }
}
