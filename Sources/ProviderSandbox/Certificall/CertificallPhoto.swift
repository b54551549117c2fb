/// The picture of an item: a GIF of one pixel (GIF89a) with the item's reference as a comment, so that no two have the
/// same `imageHash`.
struct CertificallPhoto: Sendable {
    let caseNumber: Int
    /// In its case, from 1.
    let itemNumber: Int

    /// `ITM-7264-1`.
    var cfRef: String { "ITM-\(caseNumber)-\(itemNumber)" }

    func url(baseURL: String) -> String {
        "\(baseURL)/certificall/images/\(caseNumber)/\(itemNumber).gif"
    }

    var bytes: [UInt8] {
        let comment = Array(cfRef.utf8.prefix(255))
        let screen: [UInt8] = [1, 0, 1, 0, 0x80, 0, 0, 0xcc, 0xcc, 0xcc, 0xff, 0xff, 0xff]
        let image: [UInt8] = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0, 0x3b]
        return Array("GIF89a".utf8) + screen + [0x21, 0xfe, UInt8(comment.count)] + comment + [0] + image
    }
}
