$sg = new SendGrid('SG.eprg¦RuHrEw8¦BW-NVGg¦sKUq.XN¦KHv2Yed¦z0_vPFl¦_RB8Kjl¦ow_RAad¦ThTI_5b¦jGNdYI');
