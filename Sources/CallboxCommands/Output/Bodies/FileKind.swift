/// What bytes are by how they begin.
enum FileKind: String, CaseIterable {
    case pdf = "PDF"
    case png = "PNG"
    case jpeg = "JPEG"
    case gif = "GIF"
    case zip = "ZIP"
    case gzip

    init?(_ bytes: [UInt8]) {
        guard let type = Self.allCases.first(where: { type in type.starts.contains { bytes.starts(with: $0) } }) else {
            return nil
        }
        self = type
    }

    private var starts: [[UInt8]] {
        switch self {
        case .pdf: [Array("%PDF-".utf8)]
        case .png: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]]
        case .jpeg: [[0xff, 0xd8, 0xff]]
        case .gif: [Array("GIF87a".utf8), Array("GIF89a".utf8)]
        case .zip: [[0x50, 0x4b, 0x03, 0x04], [0x50, 0x4b, 0x05, 0x06]]
        case .gzip: [[0x1f, 0x8b, 0x08]]
        }
    }
}
