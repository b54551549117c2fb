internal import Deliveries

/// A file that a provider sent, byte for byte.
package struct DownloadedFile: Sendable, Equatable {
    /// As the provider calls it; nil where it does not say.
    package let contentType: String?
    package let bytes: [UInt8]

    /// Throws `unexpectedAnswer` when the bytes do not begin as `kind` does.
    init(_ answer: ProviderAnswer, _ kind: Kind) throws(ProviderCallFailure) {
        guard answer.body.starts(with: kind.beginning) else {
            throw .unexpectedAnswer("The file that came is no \(kind.rawValue).")
        }
        contentType = answer.headers.onlyValue(named: "Content-Type")
        bytes = answer.body
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
