package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** {@code teak explain --image}: what a trained model looks at in pictures of one's own. */
class ExplainImagesTest extends Calls {
  private static final int WIDE = 60;

  private void picture() throws IOException {
    BufferedImage image = new BufferedImage(WIDE, 56, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 20; x < 40; x++) {
      image.getRaster().setSample(x, 30, 0, 255);
    }
    assertTrue(ImageIO.write(image, "png", folder.resolve("x.png").toFile()));
  }

  @Test
  void imagesOfOnesOwnAndOfADataSetStandOnOnePage() throws IOException {
    train();
    picture();
    String call =
        "explain --weights DIR/m.safetensors --data synthetic --image DIR/x.png --index 3"
            + " --method all --attack fgsm(eps=0.1) --out DIR/e --json DIR/e.json";
    assertEquals(0, teak(call), err.toString());
    String said = out.toString();
    assertTrue(said.contains("x.png: 56 x 60 pixels, scaled and cut to the 28 x 28"), said);
    assertTrue(said.contains("left out: gradcam: no layer of the model gives feature maps"), said);
    String page = Files.readString(folder.resolve("e/m.images.html"));
    assertTrue(
        page.contains("x.png") && page.contains("synthetic digits, test image 3"), "headings");
    JsonNode images = json("e.json").get("images");
    assertEquals(2, images.size());
    JsonNode one = images.get(0);
    assertEquals(10, one.get("probabilities").size());
    assertEquals(one.get("prediction").asInt(), one.get("target").asInt());
    assertEquals(4, one.get("rank_correlations").size());
    double rank = one.get("rank_correlations").get("occlusion").asDouble();
    assertTrue(rank > -1 && rank < 1, "moved: " + rank);
  }

  @Test
  void whatIsWrongIsSaidInOneLine() throws IOException {
    train();
    picture();
    Files.writeString(folder.resolve("text.png"), "no image");
    String call = "explain --weights DIR/m.safetensors ";
    String[] wrong = {
      call + "--image DIR/none.png|none.png",
      call + "--image DIR/text.png|text.png",
      call + "--image DIR/x.png|gradcam: no layer of the model gives feature maps",
      call + "--image DIR/x.png --method nosuch|there is no attribution 'nosuch'",
      call + "--image DIR/x.png --target 10|--target 10: the classes are 0..9",
      call + "--image DIR/x.png --attack nosuch|there is no attack 'nosuch'",
      call + "--index 0|--index: needs --data",
      call + "--index 2000 --data synthetic|2000",
      call + "--method saliency|of which image",
      "explain --image DIR/x.png|--image: needs --weights",
      "explain --image DIR/x.png --weights DIR/x.png|x.png"
    };
    for (String each : wrong) {
      err.getBuffer().setLength(0);
      String[] parts = each.split("\\|", -1);
      int status = teak(parts[0]);
      assertTrue(status == 1 || status == 2, each);
      assertOneLine(status, status, parts[1]);
    }
  }
}
